package dev.trestle.dist.command;

import dev.trestle.dist.role.GatewayProcess;
import dev.trestle.dist.role.NotaryProcess;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code notary start} and {@code gateway start}: one role until it is ended. */
public final class Roles {
  private Roles() {}

  @Command(name = "notary", description = "Committee members.", subcommands = NotaryStart.class)
  public static final class Notary {}

  @Command(name = "gateway", description = "Gateways.", subcommands = GatewayStart.class)
  public static final class Gateway {}

  @Command(name = "start", description = "Run one committee member, or several side by side.")
  static final class NotaryStart implements Callable<Integer> {
    @Option(names = "--config", required = true, description = "May be given several times.")
    private List<Path> configs = List.of();

    @Override
    public Integer call() {
      List<NotaryProcess> members = new ArrayList<>();
      configs.parallelStream().map(NotaryProcess::start).forEach(member -> add(members, member));
      System.out.println("ready");
      awaitEnd(() -> members.forEach(NotaryProcess::close));
      return 0;
    }

    private static void add(List<NotaryProcess> members, NotaryProcess member) {
      synchronized (members) {
        members.add(member);
      }
    }
  }

  @Command(name = "start", description = "Run a gateway.")
  static final class GatewayStart implements Callable<Integer> {
    @Option(names = "--config", required = true)
    private Path config = Path.of("config.json");

    @Override
    public Integer call() {
      GatewayProcess gateway = GatewayProcess.start(config);
      System.out.println("ready on port " + gateway.port());
      awaitEnd(gateway::close);
      return 0;
    }
  }

  /** Waits for the end of the process, then closes. */
  static void awaitEnd(Runnable close) {
    CountDownLatch closed = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            Thread.ofPlatform()
                .unstarted(
                    () -> {
                      close.run();
                      closed.countDown();
                    }));
    try {
      closed.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
