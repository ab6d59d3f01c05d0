package dev.trestle.adapter.ethereum;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.adapter.Async;
import dev.trestle.adapter.ChainAdapter;
import dev.trestle.adapter.HeaderSource.RawHeader;
import dev.trestle.adapter.MessageSource.SourceEvent;
import dev.trestle.adapter.TransactionPort.SignedTransaction;
import dev.trestle.base.Amount;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.EcdsaSignature;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.crypto.SecretKey;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.Claim;
import dev.trestle.lightclient.ClientDelta;
import dev.trestle.lightclient.ClientView;
import dev.trestle.lightclient.LightClient;
import dev.trestle.lightclient.ProvenFact;
import dev.trestle.lightclient.attested.AttestedAnchor;
import dev.trestle.lightclient.attested.AttestedEvmFamily;
import dev.trestle.lightclient.attested.AttestedUpdate;
import dev.trestle.lightclient.attested.HeaderAttestation;
import dev.trestle.lightclient.evm.BridgeTimeouts;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Proofs that the adapter collects from a real node, checked by the light client. */
class EvmEvidenceIT {
  private static final Hash32 HUB = Digests.keccak256(Bytes.utf8("hub"));
  private static final List<SecretKey> MEMBERS =
      IntStream.range(0, 4)
          .mapToObj(i -> SecretKey.derive(Bytes.utf8("members"), "member/" + i))
          .toList();
  private static final long UNITS = 1_000_000;

  private static Anvil anvil;
  private static EvmAddress token;
  private static ChainAdapter adapter;
  private static final LightClient CLIENT = new AttestedEvmFamily().client();

  @BeforeAll
  static void start() throws Exception {
    anvil = Anvil.start();
    token = anvil.deploy("TestToken");
    adapter = anvil.adapter(Map.of());
  }

  @AfterAll
  static void stop() {
    adapter.close();
    anvil.close();
  }

  private static Bytes mint(int amount) {
    return Abi.call("mint", Abi.address(Anvil.address(1)), Abi.uint256(Amount.of(amount)));
  }

  /** A block of {@code count} transactions of three senders; the last ones revert. */
  private static void fullBlock(int count) {
    anvil.tell("evm_setAutomine", false);
    try (EvmConnection connection = anvil.connection()) {
      for (int i = 0; i < count; i++) {
        Bytes call =
            i < count - 2
                ? mint(i + 1)
                : Abi.call("transfer", Abi.address(Anvil.address(0)), Abi.uint256(Amount.of(99)));
        SignedTransaction transaction =
            connection
                .signer()
                .sign(
                    Anvil.key(i % 2 == 0 ? 0 : 2),
                    TransactionSigner.Call.withGas(token, call, 200_000));
        Async.await(connection.transactions().broadcast(transaction.raw()));
      }
    }
    anvil.mine(1);
    anvil.tell("evm_setAutomine", true);
  }

  /** A client that knows {@code header}, attested by three of four members. */
  private static ClientView clientThatKnows(RawHeader header) {
    AttestedAnchor anchor =
        new AttestedAnchor(
            HUB,
            Anvil.CHAIN,
            1,
            MEMBERS.stream().map(SecretKey::publicKey).toList(),
            3,
            0,
            anvil.time(),
            86_400);
    ClientDelta first = CLIENT.initialize(anchor.encode(), new Budget(UNITS)).orThrow();
    ClientView view = first.over(key -> Optional.empty());
    HeaderAttestation attestation =
        new HeaderAttestation(HUB, Anvil.CHAIN, 1, header.ref().height(), header.ref().id());
    TreeMap<Integer, EcdsaSignature> signatures = new TreeMap<>();
    for (int member : List.of(0, 1, 3)) {
      signatures.put(member, attestation.sign(MEMBERS.get(member)));
    }
    Bytes message = new AttestedUpdate(1, header.raw(), 4, signatures).encode();
    return CLIENT
        .apply(view, CLIENT.verify(view, message, new Budget(UNITS), anvil.time()).orThrow())
        .over(view);
  }

  @Test
  void everyLogOfBlocksOfAllSizesIsProved() {
    for (int size : new int[] {3, 17, 150}) {
      fullBlock(size);
      RawHeader header = Async.await(adapter.headers().latest());
      long height = header.ref().height();
      List<SourceEvent> events =
          Async.await(adapter.messages().replay(token.bytes(), height, height));
      assertThat(events).hasSize(size - 2);
      ClientView view = clientThatKnows(header);
      for (int i : List.of(0, (size - 2) / 2, size - 3)) {
        SourceEvent event = events.get(i);
        Claim claim = Async.await(adapter.evidence().message(event));
        ProvenFact fact = CLIENT.membership(view, claim, new Budget(UNITS)).orThrow();
        assertThat(fact.value()).isEqualTo(event.content());
        assertThat(fact.block()).isEqualTo(header.ref());
      }
    }
  }

  @Test
  void aProofOfAnotherLogIsRefusedByTheLightClient() {
    fullBlock(10);
    RawHeader header = Async.await(adapter.headers().latest());
    long height = header.ref().height();
    List<SourceEvent> events =
        Async.await(adapter.messages().replay(token.bytes(), height, height));
    ClientView view = clientThatKnows(header);
    Claim first = Async.await(adapter.evidence().message(events.get(0)));
    Claim second = Async.await(adapter.evidence().message(events.get(1)));
    List<Claim> forged = new ArrayList<>();
    forged.add(new Claim(first.path(), second.value(), first.proof()));
    forged.add(new Claim(second.path(), first.value(), first.proof()));
    forged.add(new Claim(first.path(), first.value(), second.proof()));
    for (Claim claim : forged) {
      assertThat(CLIENT.membership(view, claim, new Budget(UNITS)))
          .isInstanceOf(Verdict.Rejected.class);
    }
  }

  @Test
  void messagesAreReadAgainByTransaction() {
    SignedTransaction transaction;
    try (EvmConnection connection = anvil.connection()) {
      transaction =
          connection
              .signer()
              .sign(
                  Anvil.key(0), TransactionSigner.Call.estimated(token, BigInteger.ZERO, mint(5)));
    }
    assertThat(Async.await(adapter.messages().reobserve(token.bytes(), transaction.id())))
        .isEmpty();
    EvmTransactions.Receipt receipt = anvil.execute(transaction);
    List<SourceEvent> events =
        Async.await(adapter.messages().reobserve(token.bytes(), transaction.id()));
    assertThat(events).hasSize(1);
    assertThat(events.getFirst().block().id()).isEqualTo(receipt.blockId());
    assertThat(
            Async.await(adapter.messages().replay(Anvil.address(2).bytes(), 0, receipt.height())))
        .isEmpty();
  }

  @Test
  void anEventOfAReplacedBlockHasNoProof() {
    fullBlock(4);
    RawHeader header = Async.await(adapter.headers().latest());
    long height = header.ref().height();
    SourceEvent event =
        Async.await(adapter.messages().replay(token.bytes(), height, height)).getFirst();
    anvil.tell("anvil_reorg", 1, List.of());
    assertThat(Async.await(adapter.headers().at(height)).ref().id())
        .isNotEqualTo(header.ref().id());
    assertThat(adapter.evidence().message(event).toCompletionStage().toCompletableFuture())
        .failsWithin(java.time.Duration.ofSeconds(20))
        .withThrowableThat()
        .withMessageContaining("not on the best chain");
  }

  @Test
  void absenceOfASlotIsProvedAndPresenceIsNot() {
    RawHeader header = Async.await(adapter.headers().latest());
    ClientView view = clientThatKnows(header);
    long height = header.ref().height();
    Bytes path =
        new BridgeTimeouts()
            .receipt(token.bytes(), Digests.keccak256(Bytes.utf8("packet")), height);
    Bytes proof = Async.await(adapter.evidence().absence(path));
    ProvenFact fact = CLIENT.nonMembership(view, path, proof, new Budget(UNITS)).orThrow();
    assertThat(fact.block()).isEqualTo(header.ref());
    assertThat(fact.value()).isEqualTo(Bytes.EMPTY);
    Bytes other =
        new BridgeTimeouts().receipt(token.bytes(), Digests.keccak256(Bytes.utf8("x")), height - 1);
    assertThat(CLIENT.nonMembership(view, other, proof, new Budget(UNITS)).isAccepted()).isFalse();
  }
}
