package dev.trestle.lightclient.attested;

import dev.trestle.base.Bytes;
import dev.trestle.base.ChainId;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.EcdsaSignature;
import dev.trestle.crypto.PublicKey;
import dev.trestle.crypto.SecretKey;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.ClientDelta;
import dev.trestle.lightclient.ClientView;
import dev.trestle.lightclient.evm.BridgeMessages;
import dev.trestle.proofs.Rlp;
import dev.trestle.proofs.RlpItem;
import dev.trestle.proofs.evm.EvmHeader;
import dev.trestle.proofs.evm.EvmLog;
import dev.trestle.proofs.evm.EvmReceipt;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** A committee with its secrets, a chain that it attests, and an in-memory client. */
final class Fixture {
  static final Hash32 HUB = Digests.keccak256(Bytes.utf8("hub"));
  static final ChainId CHAIN = ChainId.parse("eip155:31337");
  static final long EPOCH = 7;
  static final long FIRST = 100;
  static final long NOW = 1_800_000_000L;
  static final long PERIOD = 1_000_000;
  static final Bytes BRIDGE = Bytes.fromHex("00000000000000000000000000000000000b41d6");

  final List<SecretKey> keys;
  final AttestedAnchor anchor;
  final AttestedEvmClient client = new AttestedEvmClient();
  final MemoryView view = new MemoryView();

  /** The keys of all committees; derived once, since that takes time. */
  private static final List<SecretKey> KEYS =
      IntStream.range(0, AttestedAnchor.MAX_MEMBERS)
          .mapToObj(i -> SecretKey.derive(Bytes.utf8("member " + i), "attestation"))
          .toList();

  private static final List<PublicKey> PUBLIC = KEYS.stream().map(SecretKey::publicKey).toList();

  Fixture(int members, int threshold) {
    keys = KEYS.subList(0, members);
    anchor =
        new AttestedAnchor(
            HUB, CHAIN, EPOCH, PUBLIC.subList(0, members), threshold, FIRST, NOW, PERIOD);
    view.apply(client.initialize(anchor.encode(), budget()).orThrow());
  }

  static Budget budget() {
    return new Budget(1_000_000);
  }

  /** A header that differs from others of the same height by {@code salt}. */
  static Bytes header(long height, Hash32 parent, Hash32 receiptsRoot, long time, String salt) {
    Hash32 state = Digests.keccak256(Bytes.utf8("state"));
    return header(height, parent, state, receiptsRoot, time, salt);
  }

  /** A header over a state. */
  static Bytes header(long height, Hash32 stateRoot, long time) {
    return header(height, Hash32.ZERO, stateRoot, Hash32.ZERO, time, "");
  }

  static Bytes header(
      long height, Hash32 parent, Hash32 stateRoot, Hash32 receiptsRoot, long time, String salt) {
    Bytes word = Hash32.ZERO.bytes();
    List<RlpItem> fields = new ArrayList<>();
    fields.add(RlpItem.of(parent.bytes()));
    fields.add(RlpItem.of(word));
    fields.add(RlpItem.of(Bytes.wrap(new byte[20])));
    fields.add(RlpItem.of(stateRoot.bytes()));
    fields.add(RlpItem.of(word));
    fields.add(RlpItem.of(receiptsRoot.bytes()));
    fields.add(RlpItem.of(Bytes.wrap(new byte[256])));
    fields.add(RlpItem.of(0));
    fields.add(RlpItem.of(height));
    fields.add(RlpItem.of(30_000_000));
    fields.add(RlpItem.of(21_000));
    fields.add(RlpItem.of(time));
    fields.add(RlpItem.of(Bytes.utf8(salt)));
    fields.add(RlpItem.of(word));
    fields.add(RlpItem.of(Bytes.wrap(new byte[8])));
    fields.add(RlpItem.of(1_000_000_000));
    return Rlp.encode(RlpItem.of(fields));
  }

  static Bytes header(long height) {
    return header(height, Hash32.ZERO, Hash32.ZERO, NOW + height, "");
  }

  EcdsaSignature sign(int member, Bytes header) {
    EvmHeader decoded = EvmHeader.decode(header);
    return new HeaderAttestation(HUB, CHAIN, EPOCH, decoded.number(), decoded.hash())
        .sign(keys.get(member));
  }

  SortedMap<Integer, EcdsaSignature> signatures(Bytes header, int... signers) {
    SortedMap<Integer, EcdsaSignature> signatures = new TreeMap<>();
    for (int signer : signers) {
      signatures.put(signer, sign(signer, header));
    }
    return signatures;
  }

  Bytes update(Bytes header, int... signers) {
    return new AttestedUpdate(EPOCH, header, keys.size(), signatures(header, signers)).encode();
  }

  void accept(Bytes header, int... signers) {
    view.apply(
        client.apply(view, client.verify(view, update(header, signers), budget(), NOW).orThrow()));
  }

  /** Receipts of a block: two plain ones around one with {@code logs}. */
  static List<EvmReceipt> receipts(boolean success, EvmLog... logs) {
    Bytes bloom = Bytes.wrap(new byte[256]);
    EvmReceipt plain = new EvmReceipt(0, true, BigInteger.valueOf(21_000), bloom, List.of());
    EvmReceipt ours = new EvmReceipt(2, success, BigInteger.valueOf(90_000), bloom, List.of(logs));
    return List.of(plain, ours, plain);
  }

  static EvmLog transferSent() {
    return new EvmLog(
        BRIDGE,
        List.of(
            BridgeMessages.TRANSFER_SENT,
            Digests.sha256(Bytes.utf8("lane")),
            Hash32.fromHex("00".repeat(31) + "05"),
            Digests.sha256(Bytes.utf8("asset"))),
        Bytes.fromHex(
            "000000000000000000000000f39fd6e51aad88f6f4ce6ab8827279cfffb92266"
                + "00000000000000000000000000000000000000000000000000000000000186a0"
                + "0000000000000000000000000000000000000000000000000000000000000060"
                + "0000000000000000000000000000000000000000000000000000000000000016"
                + "0014751e76e8199196d454941c45d1b3a323f1433bd600000000000000000000"));
  }

  static EvmLog packetReceived() {
    return new EvmLog(
        BRIDGE,
        List.of(BridgeMessages.PACKET_RECEIVED, Digests.sha256(Bytes.utf8("packet"))),
        Bytes.fromHex("00".repeat(31) + "01"));
  }

  /** One client's state. */
  static final class MemoryView implements ClientView {
    private final SortedMap<Bytes, Bytes> entries = new TreeMap<>();

    @Override
    public Optional<Bytes> get(Bytes key) {
      return Optional.ofNullable(entries.get(key));
    }

    void apply(ClientDelta delta) {
      delta
          .writes()
          .forEach(
              (key, value) ->
                  value.ifPresentOrElse(set -> entries.put(key, set), () -> entries.remove(key)));
    }

    int size() {
      return entries.size();
    }

    SortedMap<Bytes, Bytes> snapshot() {
      return new TreeMap<>(entries);
    }
  }
}
