package dev.trestle.dist.devnet;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Our own roles as processes: the same Java, class path and flags as this one. */
public final class JavaChild {
  private JavaChild() {}

  static Child start(ProcessRegistry registry, Path dir, String name, List<String> arguments) {
    return Child.start(
        registry,
        name,
        dir.resolve("logs").resolve(name + ".log"),
        command(arguments),
        Map.of("TRESTLE_LOG", System.getenv().getOrDefault("TRESTLE_LOG", "INFO")));
  }

  /** The whole command line that runs {@code trestle} with {@code arguments}. */
  public static List<String> command(List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(
        ProcessHandle.current()
            .info()
            .command()
            .orElseThrow(() -> new DevnetException("the running Java is not known")));
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(flag -> !flag.startsWith("-agentlib") && !flag.startsWith("-javaagent"))
        .forEach(command::add);
    command.add("-Xmx384m");
    // short-lived roles on few cores: the second compiler would cost more than it gives
    command.add("-XX:TieredStopAtLevel=1");
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add("dev.trestle.dist.TrestleMain");
    command.addAll(arguments);
    return command;
  }
}
