package dev.trestle.dist;

import dev.trestle.cli.TrestleCommand;
import dev.trestle.dist.command.Bench;
import dev.trestle.dist.command.ConfigCommand;
import dev.trestle.dist.command.Networks;
import dev.trestle.dist.command.NodeCommand;
import dev.trestle.dist.command.Roles;
import dev.trestle.dist.command.Simulate;
import dev.trestle.dist.command.Warmup;
import dev.trestle.dist.follow.FollowCommand;
import java.util.Objects;
import picocli.CommandLine;

/** The one program: the users' commands, the roles, and local networks. */
public final class TrestleMain {
  private TrestleMain() {}

  public static void main(String[] arguments) {
    System.exit(commandLine().execute(arguments));
  }

  /** Everything that can be typed after {@code trestle}. */
  public static CommandLine commandLine() {
    CommandLine all = TrestleCommand.commandLine();
    all.addSubcommand(new NodeCommand())
        .addSubcommand(new ConfigCommand())
        .addSubcommand(new Roles.Notary())
        .addSubcommand(new Roles.Gateway())
        .addSubcommand(new Networks.DemoCommand())
        .addSubcommand(new Networks.Up())
        .addSubcommand(new Networks.Down())
        .addSubcommand(new Networks.DevnetCommand())
        .addSubcommand(new Simulate())
        .addSubcommand(new Bench())
        .addSubcommand(new Warmup());
    Objects.requireNonNull(all.getSubcommands().get("light-client"))
        .addSubcommand(new FollowCommand());
    // what was set before reached only the commands that were there then
    return all.setExecutionExceptionHandler(all.getExecutionExceptionHandler())
        .setParameterExceptionHandler(all.getParameterExceptionHandler())
        .setCaseInsensitiveEnumValuesAllowed(true);
  }
}
