"""The commands: the core's own, run with a client that adds what they do not know to the one request that writes.

Nothing of the core is copied. A new argument of a newer core is there by itself, and without one of the switches a
command is the core's, with the core's api-version.
"""

import functools
import inspect

from azure.cli.command_modules.acs import custom as core
from azure.cli.core.azclierror import ArgumentUsageError, MutuallyExclusiveArgumentError

from azext_aks_preview.trust import TrustingClient

ENABLE = "enable_custom_ca_trust"
DISABLE = "disable_custom_ca_trust"


def only_linux(namespace):
    """Refuses the switch for a pool that is not Linux, in the words of the extension that this one stands in for."""
    os_type = getattr(namespace, "os_type", None)
    if getattr(namespace, ENABLE) and os_type and os_type.lower() != "linux":
        raise ArgumentUsageError("--enable_custom_ca_trust can only be set for Linux nodepools")


def only_one(namespace):
    """Refuses both switches at once, in the same words as that extension."""
    if getattr(namespace, ENABLE) and getattr(namespace, DISABLE):
        raise MutuallyExclusiveArgumentError(
            'Cannot specify "--enable-custom-ca-trust" and "--disable-custom-ca-trust" at the same time'
        )


def _with_switches(command, *switches):
    """The core's command, to the CLI's eyes with these arguments more."""

    @functools.wraps(command)
    def switched(cmd, client, **arguments):
        asked = {switch: arguments.pop(switch, False) for switch in switches}
        if any(asked.values()):
            client = TrustingClient(client, enable=asked[ENABLE])
        return command(cmd, client, **arguments)

    signature = inspect.signature(command)
    more = [inspect.Parameter(name, inspect.Parameter.POSITIONAL_OR_KEYWORD, default=False) for name in switches]
    switched.__signature__ = signature.replace(parameters=[*signature.parameters.values(), *more])
    return switched


aks_create = _with_switches(core.aks_create, ENABLE)
aks_agentpool_add = _with_switches(core.aks_agentpool_add, ENABLE)
aks_agentpool_update = _with_switches(core.aks_agentpool_update, ENABLE, DISABLE)
