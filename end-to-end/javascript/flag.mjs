// node flag.mjs ONE.pem TWO.pem: the SDK that has enableCustomCATrust (api-version 2024-07-02-preview). Leaves a cluster "flag"
// whose only pool got the flag after it was made. Prints "done" at the end.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { ContainerServiceClient } from "@azure/arm-containerservice-preview";
import { connect } from "./connect.mjs";

const { CAPSTAN_ENDPOINT, AZURE_SUBSCRIPTION_ID, AZURE_CLIENT_ID, AZURE_CLIENT_SECRET, RESOURCE_GROUP } = process.env;
const aks = connect(
  CAPSTAN_ENDPOINT,
  AZURE_SUBSCRIPTION_ID,
  AZURE_CLIENT_ID,
  AZURE_CLIENT_SECRET,
  ContainerServiceClient,
);
const two = readFileSync(process.argv[3]);
const name = "flag";

const made = await aks.managedClusters.beginCreateOrUpdateAndWait(
  RESOURCE_GROUP,
  name,
  {
    location: "local",
    identity: { type: "SystemAssigned" },
    dnsPrefix: name,
    agentPoolProfiles: [{ name: "np", count: 1, mode: "System" }],
    securityProfile: { customCATrustCertificates: [two] },
  },
  { updateIntervalInMs: 300 },
);
assert.equal(made.agentPoolProfiles[0].enableCustomCATrust, false);
assert.equal(made.securityProfile.customCATrustCertificates.length, 1);

const pool = await aks.agentPools.get(RESOURCE_GROUP, name, "np");
const enabled = await aks.agentPools.beginCreateOrUpdateAndWait(
  RESOURCE_GROUP,
  name,
  "np",
  { ...pool, enableCustomCATrust: true },
  { updateIntervalInMs: 300 },
);
assert.equal(enabled.enableCustomCATrust, true);

const error = await aks.agentPools
  .beginCreateOrUpdateAndWait(RESOURCE_GROUP, name, "win", { osType: "Windows", mode: "User", enableCustomCATrust: true })
  .then(() => assert.fail("was not refused"), (e) => e);
assert.equal(`${error.statusCode} ${error.code}`, "400 InvalidParameter");
assert.ok(error.details.error.details.length >= 2, JSON.stringify(error.details));

const cleared = await aks.managedClusters.beginCreateOrUpdateAndWait(
  RESOURCE_GROUP,
  name,
  { ...(await aks.managedClusters.get(RESOURCE_GROUP, name)), securityProfile: { customCATrustCertificates: [] } },
  { updateIntervalInMs: 300 },
);
assert.equal(cleared.securityProfile?.customCATrustCertificates, undefined);
assert.equal(cleared.agentPoolProfiles[0].enableCustomCATrust, true);
console.log("done");
