"""enableCustomCATrust on the wire: the property of a pool that the core's models do not have."""

import json

# The last api-version of AKS with the property (azure-rest-api-specs, containerservice); later ones dropped it.
API_VERSION = "2025-08-02-preview"

PROPERTY = "enableCustomCATrust"


class TrustingClient:
    """The core's client of clusters or of pools, whose writes carry the property, and whose results show it.

    What it does it does through arguments that every client of Azure's SDK takes: a body in bytes, an api-version, and
    a function that is given each answer.
    """

    def __init__(self, client, enable):
        self._client = client
        self._enable = enable

    def __getattr__(self, name):
        return getattr(self._client, name)

    def begin_create_or_update(self, *arguments, **options):
        """As the core's; the model is the last of its positional arguments, or named."""
        if "parameters" in options:
            options["parameters"] = self._body(options["parameters"])
        else:
            *resource, model = arguments
            arguments = (*resource, self._body(model))
        return self._client.begin_create_or_update(*arguments, api_version=API_VERSION, cls=_shown, **options)

    def _body(self, model):
        body = model.serialize()
        for pool in _pools(body):
            pool[PROPERTY] = self._enable
        return json.dumps(body).encode()


def _pools(resource):
    """The properties of each pool in a body: of a cluster's, or of the one pool."""
    properties = resource.get("properties") or {}
    return properties["agentPoolProfiles"] if "agentPoolProfiles" in properties else [properties]


def _shown(response, model, _):
    """The model of an answer, with the property as an attribute; the CLI prints a model's attributes."""
    models = getattr(model, "agent_pool_profiles", None) or [model]
    for pool, properties in zip(models, _pools(response.http_response.json())):
        pool.enable_custom_ca_trust = properties.get(PROPERTY)
    return model
