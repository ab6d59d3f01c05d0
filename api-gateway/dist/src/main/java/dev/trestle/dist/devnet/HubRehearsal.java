package dev.trestle.dist.devnet;

import dev.trestle.adapter.Async;
import dev.trestle.dist.role.GatewayProcess;
import dev.trestle.dist.role.NotaryProcess;
import dev.trestle.relay.ledger.Genesis;
import dev.trestle.relay.ledger.record.PauseSubject;
import dev.trestle.relay.ledger.tx.TransactionBody;
import dev.trestle.relay.node.NodeConfigFile;
import dev.trestle.relay.node.RelayNode;
import dev.trestle.sdk.HubClient;
import dev.trestle.sdk.RelaySigner;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A hub without chains in this process, for as long as it takes to commit a transaction. */
public final class HubRehearsal {
  private HubRehearsal() {}

  /** Runs it in the empty folder {@code dir}, and removes that. */
  @SuppressWarnings("try") // the member only has to be there
  public static void run(Path dir, long nowMillis) {
    DevnetFiles files = new DevnetFiles(dir);
    Genesis genesis = files.createGenesis(nowMillis);
    Loopback topology = new Loopback(0);
    new DevnetConfigs(files, topology).write(List.of());
    List<RelayNode> validators = new ArrayList<>();
    try {
      for (int i = 0; i < DevnetFiles.VALIDATORS; i++) {
        Path config = files.validator(i).resolve("config.json");
        validators.add(Async.await(RelayNode.start(NodeConfigFile.load(config).asNewValidator())));
      }
      try (GatewayProcess gateway = GatewayProcess.start(files.gateway().resolve("config.json"));
          NotaryProcess member = NotaryProcess.start(files.notary(0).resolve("config.json"))) {
        HubClient hub = new HubClient(URI.create("http://127.0.0.1:" + gateway.port()));
        new RelaySigner(hub, genesis.chainId(), files.memberKeys(0).attestation())
            .submit(new TransactionBody.Pause(new PauseSubject.Everything()));
        hub.status();
      }
    } finally {
      validators.forEach(node -> Async.await(node.close()));
      Devnet.remove(dir);
    }
  }
}
