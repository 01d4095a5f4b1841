// The Azure SDK for JavaScript, pointed at a control plane as docs/azure-sdk.md tells its reader to.
import { ClientSecretCredential } from "@azure/identity";
import { ContainerServiceClient } from "@azure/arm-containerservice";

/** Needs NODE_EXTRA_CA_CERTS=CAPSTAN_HOME/ca.pem in the environment of node. */
export function connect(endpoint, subscription, client, secret, Client = ContainerServiceClient) {
  const credential = new ClientSecretCredential(
    "adfs", // the last part of the authority, not a tenant: its library asks Microsoft nothing then
    client,
    secret,
    { authorityHost: endpoint, disableInstanceDiscovery: true },
  );
  return new Client(credential, subscription, {
    endpoint,
    credentialScopes: `${endpoint}/.default`, // older packages
    credentials: { scopes: [`${endpoint}/.default`] }, // newer ones
  });
}
