package dev.trestle.relay.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.SecretKey;
import dev.trestle.relay.ledger.tx.GovernanceAction;
import dev.trestle.relay.ledger.tx.Transaction;
import dev.trestle.relay.ledger.tx.TransactionBody;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** The governance of a benchmark's network, deciding through one node's RPC. */
final class Governors {
  private static final int THRESHOLD = 3;

  private final Hash32 chain;
  private final List<SecretKey> keys = Keys.sorted("governance", BenchNetwork.VALIDATORS);
  private final long[] nonces = new long[BenchNetwork.VALIDATORS];
  private long proposals;

  Governors(Hash32 chain) {
    this.chain = chain;
  }

  /** Proposes, votes and executes. */
  void decide(Rpc node, GovernanceAction action) {
    long number = ++proposals;
    Hash32 hash = Digests.sha256(action.encode());
    send(node, 0, new TransactionBody.Propose(action));
    for (int voter = 1; voter < THRESHOLD; voter++) {
      send(node, voter, new TransactionBody.Vote(number, hash));
    }
    send(node, 0, new TransactionBody.ExecuteProposal(number));
  }

  private void send(Rpc node, int governor, TransactionBody body) {
    Transaction signed = Transaction.sign(chain, keys.get(governor), nonces[governor]++, body);
    JsonNode ignored =
        node.call("relay_sendTransaction", "[\"0x" + signed.encode().toHex() + "\"]");
    String id = "[\"0x" + signed.id().toHex() + "\"]";
    Waiting.until(
        "the decision is in a block", () -> node.call("relay_getTransaction", id).has("height"));
    assertThat(node.call("relay_getTransaction", id).path("code").asString()).isEqualTo("ok");
  }
}
