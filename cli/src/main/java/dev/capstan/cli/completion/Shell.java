package dev.capstan.cli.completion;

import picocli.AutoComplete;
import picocli.CommandLine;

/** The shells, spelled as on the command line. */
enum Shell {
    bash {
        @Override
        String script(CommandLine whole) {
            return AutoComplete.bash(whole.getCommandName(), whole);
        }
    },
    /** Takes bash's, with what zsh has for that (bashcompinit), which the script turns on by itself. */
    zsh {
        @Override
        String script(CommandLine whole) {
            return bash.script(whole);
        }
    },
    fish {
        @Override
        String script(CommandLine whole) {
            return FishScript.of(whole);
        }
    };

    /** The script that makes the shell complete this command line. */
    abstract String script(CommandLine whole);
}
