package dev.trestle.cli;

import dev.trestle.sdk.Api;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Hub, relay chain and chains at a glance; exit 7 when something is unhealthy. */
@Command(name = "status", description = "Show the hub, the relay chain and the chains.")
final class StatusCommand extends Output.Base implements Callable<Integer> {
  @Override
  public Integer call() {
    Api.Status status = output().hub().status();
    if (output().isJson()) {
      output().show(status);
    } else {
      output()
          .show(
              status,
              "hub        " + status.hubId(),
              "relay      height "
                  + status.relay().height()
                  + ", "
                  + status.relay().validators()
                  + " validators (quorum "
                  + status.relay().quorum()
                  + "), "
                  + RelayCommand.health(status.relay()));
      output().table(status.chains(), ChainCommand.HEAD, ChainCommand::row);
    }
    boolean healthy =
        status.relay().healthy()
            && status.chains().stream().allMatch(chain -> chain.node().usable());
    return healthy ? 0 : Failures.UNHEALTHY;
  }
}
