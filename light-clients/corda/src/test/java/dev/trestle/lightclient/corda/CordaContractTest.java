package dev.trestle.lightclient.corda;

import dev.trestle.base.Bytes;
import dev.trestle.crypto.Digests;
import dev.trestle.lightclient.LightClient;
import dev.trestle.lightclient.RejectionCode;
import dev.trestle.lightclient.contract.Attack;
import dev.trestle.lightclient.contract.Forgery;
import dev.trestle.lightclient.contract.LightClientContract;
import dev.trestle.lightclient.contract.Quorums;
import dev.trestle.lightclient.contract.Scenario;
import dev.trestle.lightclient.contract.TrustWindow;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

class CordaContractTest extends LightClientContract {
  static final CordaNetwork NETWORK = new CordaNetwork("main", false);
  private static final int MOST = 600;

  /** Fewer than the members, so that 600 sets take seconds. */
  private static final int MOST_SIGNERS = 7;

  @Override
  protected LightClient client() {
    return new CordaFamily().client();
  }

  @Override
  protected Scenario scenario() {
    return NETWORK.scenario();
  }

  @Override
  protected List<Scenario> scenariosForMutants() {
    return List.of(new CordaNetwork("batched", true).scenario());
  }

  @Override
  protected Bytes foreignAnchor() {
    return new CordaAnchor(NETWORK.rules(Digests.sha256(Bytes.utf8("another network"))), 9)
        .encode();
  }

  @Override
  protected List<Forgery> forgeries() {
    return new CordaForgeries(NETWORK).all();
  }

  @Override
  protected Map<Attack, String> notApplicable() {
    return Map.of(
        Attack.STALE_SET, "a client follows one key; another one is another client",
        Attack.FUTURE_SET, "a client follows one key; another one is another client",
        Attack.FUTURE_CLOCK, "no signature of a notary says when it was made");
  }

  @Override
  protected Optional<TrustWindow> trustWindow() {
    return Optional.of(new TrustWindow(CordaNetwork.UNTIL - 1, CordaNetwork.UNTIL));
  }

  @Override
  protected Quorums quorums() {
    TestTransaction transaction = NETWORK.first();
    List<TestKey> keys =
        IntStream.range(0, MOST).mapToObj(i -> TestKey.secp256k1("member " + i)).toList();
    List<TestKey.Part> parts =
        keys.stream().map(each -> new TestKey.Part(each.encoded(), 1)).toList();
    List<NotarySignature> signatures =
        IntStream.range(0, MOST_SIGNERS)
            .mapToObj(
                i -> CordaNetwork.sign(i, keys.get(i), CordaNetwork.VERSION, transaction.id()))
            .toList();
    return new Quorums.EverySize(
        size -> {
          int enough = Math.min(size, 1 + size % MOST_SIGNERS);
          Bytes key =
              size == 1
                  ? parts.getFirst().key()
                  : TestKey.composite((long) enough, parts.subList(0, size));
          return new Quorums.Quorum.Formed(
              anchor(key),
              List.of(),
              CordaNetwork.message(transaction.notarised(signatures.subList(0, enough))),
              CordaNetwork.message(transaction.notarised(signatures.subList(0, enough - 1))),
              RejectionCode.QUORUM_LOW,
              CordaNetwork.NOW);
        });
  }

  private static Bytes anchor(Bytes key) {
    CordaRules like = NETWORK.rules(NETWORK.network());
    CordaRules rules =
        new CordaRules(
            like.network(),
            key,
            like.party(),
            like.parameters(),
            like.forms(),
            like.maxGroups(),
            like.batches(),
            like.from(),
            like.until());
    return new CordaAnchor(rules, 0).encode();
  }

  @Override
  protected String goldenStateHash() {
    return "99bb9313573aa835138a9eede6ec5fc3cd0c8cded463d12b86dd2fdf3ef5d102";
  }
}
