// node list.mjs ONE.pem TWO.pem: makes, changes, clears, lists and deletes a cluster with the list. Prints "done" at the end.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { connect } from "./connect.mjs";

const { CAPSTAN_ENDPOINT, AZURE_SUBSCRIPTION_ID, AZURE_CLIENT_ID, AZURE_CLIENT_SECRET, RESOURCE_GROUP } = process.env;
const aks = connect(CAPSTAN_ENDPOINT, AZURE_SUBSCRIPTION_ID, AZURE_CLIENT_ID, AZURE_CLIENT_SECRET);
const [one, two] = process.argv.slice(2).map((file) => readFileSync(file));
const text = (bytes) => Buffer.from(bytes).toString("ascii").trim();
const listOf = (cluster) => (cluster.securityProfile?.customCATrustCertificates ?? []).map(text);
const name = "js";

async function refused(promise) {
  const error = await promise.then(() => assert.fail("was not refused"), (e) => e);
  return `${error.statusCode} ${error.code}`;
}

assert.equal(await refused(aks.managedClusters.get(RESOURCE_GROUP, name)), "404 ResourceNotFound");

const made = await aks.managedClusters.createOrUpdate(RESOURCE_GROUP, name, {
  location: "local",
  identity: { type: "SystemAssigned" },
  dnsPrefix: name,
  agentPoolProfiles: [{ name: "np", count: 1, mode: "System" }],
  securityProfile: { customCATrustCertificates: [one] },
});
assert.equal(made.provisioningState, "Succeeded");
assert.deepEqual(listOf(made), [text(one)]);

assert.equal(
  await refused(
    (async () =>
      aks.managedClusters.createOrUpdate(RESOURCE_GROUP, name, {
        ...made,
        securityProfile: { customCATrustCertificates: [Buffer.from("nonsense")] },
      }))(),
  ),
  "400 InvalidParameter",
);

const updated = await aks.managedClusters.createOrUpdate(RESOURCE_GROUP, name, {
  ...made,
  securityProfile: { customCATrustCertificates: [one, two] },
});
assert.deepEqual(listOf(updated), [text(one), text(two)]);

const machines = [];
for await (const machine of aks.machines.list(RESOURCE_GROUP, name, "np")) machines.push(machine.name);
assert.equal(machines.length, 1);

const cleared = await aks.managedClusters.createOrUpdate(RESOURCE_GROUP, name, {
  ...updated,
  securityProfile: { customCATrustCertificates: [] },
});
assert.deepEqual(listOf(cleared), []);

const names = [];
for await (const cluster of aks.managedClusters.list()) names.push(cluster.name);
assert.ok(names.includes(name), `${names}`);

const pages = [];
for await (const page of aks.agentPools.list(RESOURCE_GROUP, name).byPage()) pages.push(page.map((pool) => pool.name));
assert.deepEqual(pages, [["np"]]);

await aks.managedClusters.delete(RESOURCE_GROUP, name);
assert.equal(await refused(aks.managedClusters.get(RESOURCE_GROUP, name)), "404 ResourceNotFound");
console.log("done");
