package dev.trestle.adapter.ethereum;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trestle.adapter.Async;
import dev.trestle.adapter.ChainAdapter;
import dev.trestle.adapter.MessageSource.SourceEvent;
import dev.trestle.adapter.PacketPort;
import dev.trestle.adapter.PacketPort.PacketDelivery;
import dev.trestle.adapter.PacketPort.PastBlock;
import dev.trestle.adapter.TransactionPort.SignedTransaction;
import dev.trestle.base.Amount;
import dev.trestle.base.AssetId;
import dev.trestle.base.Bytes;
import dev.trestle.base.ChainId;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.lightclient.HeaderRef;
import dev.trestle.lightclient.MessageRules.ChainMessage;
import dev.trestle.lightclient.ProvenFact;
import dev.trestle.lightclient.attested.AttestedEvmFamily;
import dev.trestle.lightclient.packet.Lane;
import dev.trestle.lightclient.packet.Packet;
import dev.trestle.lightclient.packet.TransferPayload;
import dev.trestle.proofs.MerkleProof;
import dev.trestle.proofs.MerkleTree;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The bridge contract on a real node. */
class EvmPacketsIT {
  private static final ChainId BITCOIN = new ChainId("bip122", "0f9188f13cb7b2c71f2a335e3a4fc328");
  private static final AssetId BTC = AssetId.nativeCoin(BITCOIN, 0);
  private static final Hash32 BTC_ID = TransferPayload.assetId(BTC);
  private static final Hash32 POLICY = Digests.sha256(Bytes.utf8("policy"));
  private static final Bytes COMMITTEE = Digests.keccak256(Bytes.utf8("committee")).bytes();
  private static final List<Integer> THREE = List.of(0, 2, 3);
  private static final AtomicLong SEQUENCE = new AtomicLong();

  private static final PaperRelayChain RELAY = new PaperRelayChain("first", 4);
  private static Anvil anvil;
  private static EvmAddress lightClient;
  private static Bytes bridge;
  private static Lane lane;
  private static ChainAdapter adapter;
  private static PacketPort packets;

  @BeforeAll
  static void start() throws Exception {
    anvil = Anvil.start();
    try (ContractDeployer deployer = deployer()) {
      lightClient =
          Async.await(
              deployer.deployRelayLightClient(
                  Anvil.key(0), PaperRelayChain.HUB, 0, 1, RELAY.validators));
      ContractDeployer.BridgeContracts contracts =
          Async.await(deployer.deployBridge(Anvil.key(0), lightClient, List.of(bridgeLane())));
      bridge = contracts.bridge().bytes();
      assertThat(contracts.wrapped()).containsOnlyKeys(BTC);
    }
    lane = new Lane(BITCOIN, COMMITTEE, Anvil.CHAIN, bridge, Lane.Ordering.UNORDERED);
    adapter = anvil.adapter(Map.of());
    packets = adapter.packets().orElseThrow();
  }

  @AfterAll
  static void stop() {
    adapter.close();
    anvil.close();
  }

  private static ContractDeployer deployer() {
    return new ContractDeployer(anvil.context, anvil.config(Map.of()));
  }

  private static ContractDeployer.BridgeLane bridgeLane() {
    return new ContractDeployer.BridgeLane(
        BITCOIN,
        COMMITTEE,
        POLICY,
        List.of(
            new ContractDeployer.BridgedAsset(
                BTC, "Trestle Bitcoin", "tBTC", 8, Amount.of(1_000))));
  }

  private static Packet packet(Lane on, Hash32 policy, long amount) {
    Hash32 recipient = new Hash32(Bytes.concat(Bytes.wrap(new byte[12]), Anvil.address(1).bytes()));
    TransferPayload value =
        new TransferPayload(
            BTC_ID, Amount.of(amount), recipient, Digests.sha256(Bytes.utf8("transfer")));
    return new Packet(
        PaperRelayChain.HUB,
        on,
        SEQUENCE.incrementAndGet(),
        policy,
        0,
        new Packet.Timeout(Packet.Timeout.Clock.DESTINATION_TIME, Long.MAX_VALUE),
        Packet.Fee.NONE,
        Packet.Group.NONE,
        List.of(
            new Packet.Payload(
                Packet.Payload.Kind.TRANSFER,
                Bytes.utf8("transfer"),
                TransferPayload.ENCODING,
                TransferPayload.VERSION,
                value.encode())));
  }

  private static Packet good(long amount) {
    return packet(lane, POLICY, amount);
  }

  /** From a block that emits {@code before} other packets and {@code after} more. */
  private static PacketDelivery delivery(Packet packet, int before, int after, List<Integer> by) {
    List<Hash32> outbox = new ArrayList<>();
    for (int i = 0; i < before + after; i++) {
      outbox.add(Digests.sha256(Bytes.utf8("other " + i)));
    }
    outbox.add(before, packet.id());
    MerkleTree tree = MerkleTree.ofHashes(outbox);
    MerkleProof proof = tree.prove(before);
    Bytes header = RELAY.header(7, tree.root());
    return new PacketDelivery(
        header,
        RELAY.certificate(header, 7, by),
        RELAY.validators,
        packet,
        proof.index(),
        proof.count(),
        proof.siblings());
  }

  private static SignedTransaction prepare(PacketDelivery delivery) {
    return Async.await(packets.prepareDelivery(bridge, delivery, Anvil.key(2)));
  }

  private static void assertRefused(PacketDelivery delivery, String reason) {
    assertThatThrownBy(() -> prepare(delivery)).hasMessageContaining(reason);
    assertThat(Async.await(packets.isDelivered(bridge, delivery.packet().id()))).isFalse();
  }

  private static Amount balance() {
    return Async.await(packets.wrappedBalance(bridge, BTC_ID, Addresses.format(Anvil.address(1))));
  }

  @Test
  void mintsWhatThePacketCarriesAndReportsIt() {
    Amount before = balance();
    Amount supply = Async.await(packets.wrappedSupply(bridge, BTC_ID));
    Packet packet = good(50_000);
    assertThat(Async.await(packets.isDelivered(bridge, packet.id()))).isFalse();
    SignedTransaction transaction = prepare(delivery(packet, 5, 7, THREE));
    anvil.execute(transaction);
    assertThat(Async.await(packets.isDelivered(bridge, packet.id()))).isTrue();
    assertThat(balance()).isEqualTo(before.plus(Amount.of(50_000)));
    assertThat(Async.await(packets.wrappedSupply(bridge, BTC_ID)))
        .isEqualTo(supply.plus(Amount.of(50_000)));
    assertThat(messagesOf(transaction))
        .containsExactly(new ChainMessage.PacketReceived(packet.id(), true));
  }

  @Test
  void aPacketIsNotExecutedTwice() {
    Packet packet = good(1_000);
    anvil.execute(prepare(delivery(packet, 0, 0, THREE)));
    Amount after = balance();
    // in another block, signed by others
    assertThatThrownBy(() -> prepare(delivery(packet, 1, 1, List.of(0, 1, 2, 3))))
        .hasMessageContaining("AlreadyExecuted")
        .hasMessageContaining(packet.id().toHex());
    assertThat(balance()).isEqualTo(after);
  }

  /** One certificate of a newer block shows what an older one emitted. */
  @Test
  void aPacketOfAnOlderBlockArrives() {
    Amount before = balance();
    Packet packet = good(7_000);
    MerkleTree outbox = MerkleTree.ofHashes(List.of(packet.id()));
    Bytes older = RELAY.header(2, outbox.root());
    List<Hash32> ids = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      ids.add(i == 1 ? Digests.keccak256(older) : Digests.sha256(Bytes.utf8("block " + i)));
    }
    MerkleTree history = MerkleTree.ofHashes(ids);
    Bytes newer =
        RELAY.header(9, 0, RELAY.validatorsHash(), RELAY.validatorsHash(), history.root());
    PacketDelivery delivery =
        new PacketDelivery(
            newer,
            RELAY.certificate(newer, 9, THREE),
            RELAY.validators,
            packet,
            0,
            1,
            List.of(),
            Optional.of(new PastBlock(older, history.prove(1).siblings())));
    assertRefused(
        new PacketDelivery(
            delivery.header(),
            delivery.certificate(),
            delivery.validators(),
            packet,
            0,
            1,
            List.of(),
            Optional.of(new PastBlock(older, history.prove(2).siblings()))),
        "NotInHistory(2)");
    anvil.execute(prepare(delivery));
    assertThat(balance()).isEqualTo(before.plus(Amount.of(7_000)));
  }

  @Test
  void twoOfFourValidatorsAreTooFew() {
    assertRefused(delivery(good(1_000), 0, 0, List.of(1, 3)), "QuorumTooLow(2, 4)");
  }

  @Test
  void aSignerDoesNotCountTwice() {
    PacketDelivery honest = delivery(good(1_000), 0, 0, THREE);
    Bytes doubled = RELAY.certificate(honest.header(), 7, List.of(0, 1, 2), List.of(0, 1, 1));
    assertRefused(
        new PacketDelivery(
            honest.header(),
            doubled,
            honest.validators(),
            honest.packet(),
            honest.leafIndex(),
            honest.leafCount(),
            honest.siblings()),
        "BadSignature(2)");
  }

  @Test
  void aWrongOutboxProofIsRefused() {
    PacketDelivery honest = delivery(good(1_000), 2, 4, THREE);
    List<Hash32> changed = new ArrayList<>(honest.siblings());
    changed.set(1, Digests.sha256(Bytes.utf8("forged")));
    assertRefused(with(honest, honest.leafIndex(), honest.leafCount(), changed), "NotInOutbox");
    assertRefused(with(honest, 3, honest.leafCount(), honest.siblings()), "NotInOutbox");
    assertRefused(with(honest, honest.leafIndex(), 8, honest.siblings()), "NotInOutbox");
    // a packet that this block did not emit
    PacketDelivery other = delivery(good(2_000), 2, 4, THREE);
    assertRefused(
        new PacketDelivery(
            honest.header(),
            honest.certificate(),
            honest.validators(),
            other.packet(),
            honest.leafIndex(),
            honest.leafCount(),
            honest.siblings()),
        "NotInOutbox");
  }

  private static PacketDelivery with(
      PacketDelivery honest, long index, long count, List<Hash32> siblings) {
    return new PacketDelivery(
        honest.header(),
        honest.certificate(),
        honest.validators(),
        honest.packet(),
        index,
        count,
        siblings);
  }

  @Test
  void packetsOfOtherLanesAndPoliciesAreRefused() {
    Lane elsewhere =
        new Lane(
            BITCOIN, COMMITTEE, Anvil.CHAIN, Anvil.address(2).bytes(), Lane.Ordering.UNORDERED);
    Lane ordered = new Lane(BITCOIN, COMMITTEE, Anvil.CHAIN, bridge, Lane.Ordering.ORDERED);
    for (Lane other : List.of(elsewhere, ordered, lane.reverse())) {
      assertRefused(delivery(packet(other, POLICY, 1_000), 0, 0, THREE), "UnknownLane");
    }
    Hash32 weaker = Digests.sha256(Bytes.utf8("one of one"));
    assertRefused(delivery(packet(lane, weaker, 1_000), 0, 0, THREE), "WrongPolicy");
  }

  @Test
  void burnsAreNumberedAndReadBack() {
    anvil.execute(prepare(delivery(good(30_000), 0, 0, THREE)));
    Amount supply = Async.await(packets.wrappedSupply(bridge, BTC_ID));
    Bytes script = Bytes.fromHex("00140102030405060708090a0b0c0d0e0f1011121314");
    SignedTransaction burn =
        Async.await(packets.prepareBurn(bridge, BTC_ID, Amount.of(20_000), script, Anvil.key(1)));
    anvil.execute(burn);
    assertThat(Async.await(packets.wrappedSupply(bridge, BTC_ID)))
        .isEqualTo(supply.minus(Amount.of(20_000)));
    assertThat(messagesOf(burn))
        .containsExactly(
            new ChainMessage.TransferSent(
                lane.reverse().hash(),
                1,
                BTC_ID,
                Amount.of(20_000),
                Anvil.address(1).bytes(),
                script));
    assertThatThrownBy(
            () ->
                Async.await(
                    packets.prepareBurn(bridge, BTC_ID, Amount.of(999), script, Anvil.key(1))))
        .hasMessageContaining("AmountTooSmall(999, 1000)");
  }

  private static List<ChainMessage> messagesOf(SignedTransaction transaction) {
    List<ChainMessage> messages = new ArrayList<>();
    for (SourceEvent event : Async.await(adapter.messages().reobserve(bridge, transaction.id()))) {
      HeaderRef block = event.block();
      messages.add(
          new AttestedEvmFamily()
              .messages()
              .orElseThrow()
              .read(new ProvenFact(Bytes.EMPTY, event.content(), block, ProvenFact.FINAL), bridge)
              .orThrow());
    }
    return messages;
  }

  @Test
  void takesBlocksOfTheNextValidatorsAfterTheHandOver() {
    // contracts of its own: the old set must go on in the other tests
    PaperRelayChain next = new PaperRelayChain("second", 7);
    Bytes ownBridge;
    try (ContractDeployer deployer = deployer()) {
      EvmAddress client =
          Async.await(
              deployer.deployRelayLightClient(
                  Anvil.key(0), PaperRelayChain.HUB, 0, 1, RELAY.validators));
      ownBridge =
          Async.await(deployer.deployBridge(Anvil.key(0), client, List.of(bridgeLane())))
              .bridge()
              .bytes();
    }
    Lane own = new Lane(BITCOIN, COMMITTEE, Anvil.CHAIN, ownBridge, Lane.Ordering.UNORDERED);
    Bytes last = RELAY.header(20, 0, Hash32.ZERO, next.validatorsHash());
    assertThat(Async.await(packets.validatorEpoch(ownBridge))).isZero();
    anvil.execute(
        Async.await(
            packets.prepareValidatorUpdate(
                ownBridge,
                last,
                RELAY.certificate(last, 20, THREE),
                RELAY.validators,
                next.validators,
                Anvil.key(2))));
    assertThat(Async.await(packets.validatorEpoch(ownBridge))).isEqualTo(1);
    Packet packet = packet(own, POLICY, 5_000);
    MerkleTree outbox = MerkleTree.ofHashes(List.of(packet.id()));
    Bytes header = next.header(21, 1, outbox.root(), next.validatorsHash());
    PacketDelivery delivery =
        new PacketDelivery(
            header,
            next.certificate(header, 21, List.of(0, 1, 3, 5, 6)),
            next.validators,
            packet,
            0,
            1,
            List.of());
    anvil.execute(Async.await(packets.prepareDelivery(ownBridge, delivery, Anvil.key(2))));
    assertThat(Async.await(packets.isDelivered(ownBridge, packet.id()))).isTrue();
  }

  /** The certificate that relay-chain/consensus keeps as golden bytes is good for the contract. */
  @Test
  void verifiesTheConsensusModulesGoldenCertificate() throws Exception {
    Path golden = Tools.MODULE.resolve("../../relay-chain/consensus/src/test/resources/golden");
    Bytes block = Bytes.fromHex(Files.readString(golden.resolve("block-1.hex")).strip());
    Bytes certificate =
        Bytes.fromHex(Files.readString(golden.resolve("commit-certificate.hex")).strip());
    Bytes header = block.slice(1, 399); // after the block's version
    PaperRelayChain signers = new PaperRelayChain("test", 4);
    EvmAddress client;
    try (ContractDeployer deployer = deployer()) {
      client =
          Async.await(
              deployer.deployRelayLightClient(
                  Anvil.key(0), new Hash32(header.slice(2, 34)), 0, 1, signers.validators));
    }
    try (EvmConnection connection = anvil.connection()) {
      ContractReader reader = new ContractReader(connection.chain());
      HeaderRef head = connection.chain().tip().ref();
      Bytes verified =
          reader.call(
              client,
              head,
              "verify",
              Abi.bytes(header),
              Abi.bytes(certificate),
              Abi.addresses(signers.validators));
      assertThat(Abi.wordAt(verified, 0)).isEqualTo(Digests.keccak256(header));
      assertThat(Abi.integerAt(verified, 1)).isEqualTo(java.math.BigInteger.ONE);
    }
  }

  @Test
  void contractAddressesAreForeseen() {
    long nonce =
        Json.integer64(
            anvil.call("eth_getTransactionCount", Anvil.address(2).toString(), "latest"));
    try (ContractDeployer deployer = deployer()) {
      assertThat(Async.await(deployer.deployHtlc(Anvil.key(2))))
          .isEqualTo(ContractDeployer.contractAddress(Anvil.address(2), nonce));
    }
  }
}
