"""Capstan's stand-in for the Azure CLI extension aks-preview; README.md tells what it does. It is not Microsoft's."""

from azure.cli.core import AzCommandsLoader
from azure.cli.core.commands import CliCommandType
from azure.cli.core.profiles import ResourceType


class CustomCaTrustCommandsLoader(AzCommandsLoader):
    """Three commands of the core, with the core's own arguments and help, and the switches of custom CA trust."""

    def __init__(self, cli_ctx=None):
        super().__init__(
            cli_ctx=cli_ctx,
            custom_command_type=CliCommandType(operations_tmpl="azext_aks_preview.commands#{}"),
            resource_type=ResourceType.MGMT_CONTAINERSERVICE,
        )

    def load_command_table(self, args):
        from azure.cli.command_modules.acs._client_factory import cf_agent_pools, cf_managed_clusters

        with self.command_group("aks", client_factory=cf_managed_clusters) as group:
            group.custom_command("create", "aks_create", supports_no_wait=True)
        with self.command_group("aks nodepool", client_factory=cf_agent_pools) as group:
            group.custom_command("add", "aks_agentpool_add", supports_no_wait=True)
            group.custom_command("update", "aks_agentpool_update", supports_no_wait=True)
        return self.command_table

    def load_arguments(self, command):
        from azure.cli.command_modules.acs._params import load_arguments

        from azext_aks_preview.commands import only_linux, only_one

        # A command has the arguments of its last loader alone, so that the core's are loaded here again.
        load_arguments(self, command)
        with self.argument_context("aks create") as context:
            context.argument(
                "enable_custom_ca_trust",
                action="store_true",
                help="Enable Custom CA Trust on the nodes of the cluster's node pool.",
            )
        with self.argument_context("aks nodepool add") as context:
            context.argument(
                "enable_custom_ca_trust",
                action="store_true",
                validator=only_linux,
                help="Enable Custom CA Trust on the nodes of the node pool.",
            )
        with self.argument_context("aks nodepool update") as context:
            context.argument(
                "enable_custom_ca_trust",
                action="store_true",
                validator=only_one,
                help="Enable Custom CA Trust on the nodes of the node pool.",
            )
            context.argument(
                "disable_custom_ca_trust",
                action="store_true",
                help="Disable Custom CA Trust on the nodes of the node pool.",
            )


COMMAND_LOADER_CLS = CustomCaTrustCommandsLoader
