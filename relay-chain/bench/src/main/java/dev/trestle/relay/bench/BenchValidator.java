package dev.trestle.relay.bench;

import dev.trestle.relay.ledger.Families;
import dev.trestle.relay.node.NodeConfig;
import dev.trestle.relay.node.NodeConfigFile;
import dev.trestle.relay.node.NodeSetup;
import dev.trestle.relay.node.ValidatorMain;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;

/**
 * A process of a benchmark: {@code LEDGER|NULL|TRANSFERS ACCOUNTS CONFIG...}, one validator a
 * configuration, each with a store, log, threads and Vert.x of its own. Accounts are those without
 * a key of {@link TransferMachine}.
 */
public final class BenchValidator {
  private BenchValidator() {}

  public static void main(String[] arguments) {
    Machine machine = Machine.valueOf(arguments[0]);
    int accounts = Integer.parseInt(arguments[1]);
    List<Callable<Integer>> validators =
        Stream.of(arguments)
            .skip(2)
            .map(file -> setup(machine, accounts, NodeConfigFile.load(Path.of(file))))
            .<Callable<Integer>>map(setup -> () -> ValidatorMain.run(setup))
            .toList();
    System.exit(run(validators));
  }

  private static int run(List<Callable<Integer>> validators) {
    try (ExecutorService threads = Executors.newThreadPerTaskExecutor(Thread::new)) {
      int worst = 0;
      for (Future<Integer> ended : threads.invokeAll(validators)) {
        worst = Math.max(worst, ended.get());
      }
      return worst;
    } catch (ExecutionException e) {
      System.err.println(e.getMessage());
      return 1;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 1;
    }
  }

  /** What the blocks are executed on. */
  enum Machine {
    LEDGER,
    NULL,
    TRANSFERS
  }

  static NodeSetup setup(Machine machine, int accounts, NodeConfig config) {
    return switch (machine) {
      case LEDGER -> NodeSetup.ledger(config, Families.load());
      case TRANSFERS ->
          NodeSetup.machine(
              config,
              (genesis, store) ->
                  TransferMachine.open(genesis, store, BenchOptions.MAX_CLIENTS, accounts));
      case NULL -> NodeSetup.machine(config, (genesis, store) -> new NullMachine(genesis, store));
    };
  }
}
