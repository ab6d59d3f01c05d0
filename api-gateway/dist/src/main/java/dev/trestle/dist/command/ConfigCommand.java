package dev.trestle.dist.command;

import dev.trestle.cli.Failures;
import dev.trestle.relay.node.ConfigProblem;
import dev.trestle.relay.node.NodeConfigFile;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/** {@code config check}: what is wrong with a configuration, all of it at once. */
@Command(
    name = "config",
    description = "Configuration files of nodes.",
    subcommands = ConfigCommand.Check.class)
public final class ConfigCommand implements Runnable {
  @SuppressWarnings("NullAway.Init") // set by picocli before anything runs
  @Spec
  private CommandSpec spec;

  @Override
  public void run() {
    throw new CommandLine.ParameterException(spec.commandLine(), "say what: check");
  }

  @Command(
      name = "check",
      description = {
        "Check a node's configuration and the files that it names.",
        "One line for every key that is wrong: the key, its value, and what is allowed. Exit 2 then."
      })
  static final class Check implements Callable<Integer> {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    @Parameters(paramLabel = "FILE", description = "config.json of a node.")
    private Path file = Path.of("config.json");

    @Option(names = "--json", description = "Write one JSON document instead of text.")
    private boolean json;

    @SuppressWarnings("NullAway.Init") // set by picocli before anything runs
    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
      List<ConfigProblem> problems = NodeConfigFile.check(file);
      PrintWriter out = spec.commandLine().getOut();
      if (json) {
        out.println(JSON.writeValueAsString(Map.of("problems", problems)));
      } else if (problems.isEmpty()) {
        out.println(file + ": good");
      } else {
        problems.forEach(each -> out.println(each.line()));
      }
      out.flush();
      return problems.isEmpty() ? 0 : Failures.USAGE;
    }
  }
}
