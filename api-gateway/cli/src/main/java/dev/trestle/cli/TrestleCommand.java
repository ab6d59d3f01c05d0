package dev.trestle.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/**
 * The root of the command line. Results go to stdout (one JSON document with {@code --json}), logs
 * and errors to stderr. Exit codes: 0 done, 2 wrong usage, 3 not found, 4 conflict, 5 not
 * authorised, 6 timed out, 7 unhealthy, 8 verification failed, 10 internal.
 */
@Command(
    name = "trestle",
    description = "Cross-chain atomic swaps, bridge transfers and chain registration.",
    mixinStandardHelpOptions = true,
    scope = CommandLine.ScopeType.INHERIT,
    footer = "%nThe launcher ./trestle also knows: setup, build, test.",
    exitCodeListHeading = "Exit codes:%n",
    exitCodeList = {
      "0:done",
      "2:wrong usage, or a value that the hub refuses",
      "3:there is no such thing",
      "4:conflict: it is not in the state for this, or the other side refused",
      "5:not authorised",
      "6:not done in time",
      "7:unhealthy: gateway, relay chain or node",
      "8:verification failed: do not go on",
      "10:internal"
    },
    version = "trestle 0.1.0",
    subcommands = {
      StatusCommand.class,
      SwapCommand.class,
      TransferCommand.class,
      ChainCommand.class,
      RelayCommand.class,
      GovernanceCommand.class,
      LightClientCommand.class,
      CommandLine.HelpCommand.class
    })
public final class TrestleCommand implements Runnable {
  @SuppressWarnings("NullAway.Init") // set by picocli before anything runs
  @Spec
  private CommandSpec spec;

  @Override
  public void run() {
    throw new CommandLine.ParameterException(
        spec.commandLine(), "say what to do: a command is missing");
  }

  /** The parser with our error handling; more commands may be added to it. */
  public static CommandLine commandLine() {
    Failures failures = new Failures();
    return new CommandLine(new TrestleCommand())
        .setExecutionExceptionHandler(failures)
        .setParameterExceptionHandler(failures)
        .setCaseInsensitiveEnumValuesAllowed(true);
  }
}
