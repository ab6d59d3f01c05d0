package dev.trestle.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Bytes;
import dev.trestle.crypto.Digests;
import dev.trestle.gateway.hub.PatientSender;
import dev.trestle.gateway.hub.RelaySender;
import dev.trestle.relay.ledger.GatewayLedger;
import dev.trestle.relay.ledger.record.PauseSubject;
import dev.trestle.relay.ledger.tx.TransactionBody;
import org.junit.jupiter.api.Test;

/** Who sends what is missing at every look, to a chain that makes no blocks. */
class HaltedMempoolTest {
  private final FakeHubNode node = new FakeHubNode(new GatewayLedger());
  private final RelaySender relay = new RelaySender(node, TestGateway.key("member"));

  private static TransactionBody body(String thing, int look) {
    return new TransactionBody.Pause(
        new PauseSubject.Route(Digests.sha256(Bytes.utf8(thing + look))));
  }

  @Test
  void oneTransactionAThingWaitsHoweverOftenItIsLookedFor() {
    node.halted = true;
    PatientSender<String> sender = new PatientSender<>(relay::submit, Runnable::run);
    for (int look = 0; look < 5_000; look++) {
      for (String thing : new String[] {"a", "b", "c"}) {
        if (sender.isDue(thing)) {
          sender.send(thing, body(thing, look));
        }
      }
    }
    assertThat(node.waiting.values())
        .extracting(dev.trestle.relay.ledger.tx.Transaction::body)
        .containsExactly(body("a", 0), body("b", 0), body("c", 0));
  }

  /** The control: what each look made of one thing before. */
  @Test
  void withoutPatienceThereWouldBeOneForEachLook() {
    node.halted = true;
    for (int look = 0; look < 100; look++) {
      relay.send(body("a", look));
    }
    assertThat(node.waiting).hasSize(100);
  }
}
