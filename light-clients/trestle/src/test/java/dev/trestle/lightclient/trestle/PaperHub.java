package dev.trestle.lightclient.trestle;

import dev.trestle.base.Bytes;
import dev.trestle.base.ChainId;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.EcdsaSignature;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.crypto.PublicKey;
import dev.trestle.crypto.Secp256k1;
import dev.trestle.crypto.SecretKey;
import dev.trestle.lightclient.packet.Lane;
import dev.trestle.lightclient.packet.Packet;
import dev.trestle.proofs.MerkleTree;
import dev.trestle.relay.consensus.CommitCertificate;
import dev.trestle.relay.consensus.RelayHeader;
import dev.trestle.relay.consensus.SignatureList;
import dev.trestle.relay.consensus.Statement;
import dev.trestle.relay.consensus.ValidatorSet;
import dev.trestle.relay.verifier.RelayChainClient.Era;
import dev.trestle.relay.verifier.StateProofLeaf;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;

/**
 * A relay chain on paper: headers and certificates are those of the consensus, keys are known.
 * Twenty blocks; the first set certifies up to {@link #LAST}, the second all after it.
 */
final class PaperHub {
  /** Sets of every size have the same members, whose keys take long to compute. */
  private static final Map<String, SecretKey> DERIVED = new ConcurrentHashMap<>();

  private static final Map<PublicKey, EvmAddress> ADDRESSES = new ConcurrentHashMap<>();

  static final long LAST = 10;
  static final long NOW = 1_700_000_100L;
  static final Bytes KEY = Bytes.utf8("supply/btc");
  static final Bytes VALUE = Bytes.utf8("21000000");
  private static final long START_MS = 1_700_000_000_000L;

  final Hash32 chain;
  final List<SecretKey> first;
  final List<SecretKey> second;
  final List<RelayHeader> headers = new ArrayList<>();
  private final String name;

  PaperHub(String name, int firstSize, int secondSize) {
    this.name = name;
    this.chain = Digests.keccak256(Bytes.utf8(name));
    this.first = keys(name + "/first", firstSize);
    this.second = keys(name + "/second", secondSize);
    for (long height = 1; height <= 20; height++) {
      headers.add(block(height, ""));
    }
  }

  static List<SecretKey> keys(String seed, int n) {
    return IntStream.range(0, n)
        .mapToObj(i -> DERIVED.computeIfAbsent(seed + "/" + i, absent -> derive(seed, i)))
        .sorted(Comparator.comparing(PaperHub::address))
        .toList();
  }

  private static SecretKey derive(String seed, int number) {
    return SecretKey.derive(Bytes.utf8(seed), "validator/" + number);
  }

  private static EvmAddress address(SecretKey key) {
    return ADDRESSES.computeIfAbsent(key.publicKey(), PublicKey::evmAddress);
  }

  static List<EvmAddress> addresses(List<SecretKey> keys) {
    return keys.stream().map(PaperHub::address).toList();
  }

  private static Hash32 hash(List<SecretKey> keys) {
    return ValidatorSet.of(keys.stream().map(SecretKey::publicKey).toList()).hash();
  }

  List<SecretKey> inCharge(long height) {
    return height <= LAST ? first : second;
  }

  /** The block at {@code height}, or with a salt another one in its place. */
  RelayHeader block(long height, String salt) {
    return block(height, salt, height <= LAST ? 0 : 1, START_MS + 1_000 * height);
  }

  RelayHeader block(long height, String salt, long epoch, long timeMs) {
    List<SecretKey> keys = inCharge(height);
    Hash32 filler = Digests.sha256(Bytes.utf8(name + height + salt));
    return new RelayHeader(
        chain,
        height,
        timeMs,
        height == 1 ? chain : headers.get((int) height - 2).id(),
        epoch,
        hash(keys),
        hash(inCharge(height + 1)),
        filler,
        state(height).root(),
        outbox(height).root(),
        history(height).root(),
        filler,
        filler,
        addresses(keys).getFirst());
  }

  /** Over the ids of the blocks below {@code height}. */
  MerkleTree history(long height) {
    return MerkleTree.ofHashes(
        headers.subList(0, (int) height - 1).stream().map(RelayHeader::id).toList());
  }

  Packet packet(long height) {
    return new Packet(
        chain,
        new Lane(
            ChainId.parse("bip122:a"),
            Bytes.utf8("app"),
            ChainId.parse("eip155:1"),
            Bytes.utf8("bridge"),
            Lane.Ordering.UNORDERED),
        height,
        Hash32.ZERO,
        0,
        new Packet.Timeout(Packet.Timeout.Clock.DESTINATION_TIME, 9),
        Packet.Fee.NONE,
        Packet.Group.NONE,
        List.of(
            new Packet.Payload(
                Packet.Payload.Kind.CALL, Bytes.EMPTY, "raw", "1", Bytes.utf8("hello"))));
  }

  private MerkleTree outbox(long height) {
    Hash32 other = Digests.sha256(Bytes.utf8("other " + height));
    return MerkleTree.of(List.of(other.bytes(), packet(height).id().bytes()));
  }

  /** Two leaves that differ in the first bit: that of {@link #KEY}, and another. */
  private record State(Hash32 root, Hash32 sibling, StateProofLeaf own) {}

  private static State state(long height) {
    Hash32 key = Digests.keccak256(KEY);
    Hash32 leaf = leaf(key, Digests.keccak256(VALUE));
    Hash32 other =
        leaf(Digests.keccak256(Bytes.utf8("x")), Digests.sha256(Bytes.utf8("" + height)));
    Hash32 root =
        bit(key)
            ? Digests.keccak256(Bytes.fromHex("04"), other.bytes(), leaf.bytes())
            : Digests.keccak256(Bytes.fromHex("04"), leaf.bytes(), other.bytes());
    return new State(root, other, new StateProofLeaf(key, Digests.keccak256(VALUE)));
  }

  private static Hash32 leaf(Hash32 key, Hash32 value) {
    return Digests.keccak256(Bytes.fromHex("03"), key.bytes(), value.bytes());
  }

  private static boolean bit(Hash32 hash) {
    return hash.bytes().at(0) < 0 || hash.bytes().at(0) > 127;
  }

  /** A key whose way ends at the leaf of {@link #KEY}. */
  static Bytes absentKey() {
    return IntStream.range(0, 100)
        .mapToObj(i -> Bytes.utf8("absent/" + i))
        .filter(key -> bit(Digests.keccak256(key)) == bit(Digests.keccak256(KEY)))
        .findFirst()
        .orElseThrow();
  }

  TrestleProof.Branch stateBranch(long height, boolean absent) {
    State state = state(height);
    return new TrestleProof.Branch.State(
        List.of(state.sibling()), absent ? Optional.of(state.own()) : Optional.empty());
  }

  TrestleProof.Branch outboxBranch(long height) {
    return new TrestleProof.Branch.Outbox(1, 2, outbox(height).prove(1).siblings());
  }

  TrestleProof.Older older(long height, long under) {
    return new TrestleProof.Older(
        headers.get((int) height - 1).encode(), history(under).prove(height - 1).siblings());
  }

  CertifiedHeader certified(RelayHeader header, List<SecretKey> keys, int signers) {
    return certified(header, keys, chain, IntStream.range(0, signers).toArray());
  }

  static CertifiedHeader certified(
      RelayHeader header, List<SecretKey> keys, Hash32 signedFor, int... signers) {
    Hash32 digest = Statement.commit(header.height(), 2, header.id()).digest(signedFor);
    List<EcdsaSignature> signatures =
        IntStream.of(signers)
            .mapToObj(i -> Secp256k1.instance().signEcdsa(digest, keys.get(i)))
            .toList();
    return new CertifiedHeader(
        header.encode(),
        new CommitCertificate(
                header.height(),
                2,
                header.id(),
                new SignatureList(
                    keys.size(), IntStream.range(0, signers.length).boxed().toList(), signatures))
            .encode());
  }

  /** With a quorum of its set. */
  CertifiedHeader certified(RelayHeader header) {
    List<SecretKey> keys = inCharge(header.height());
    return certified(header, keys, 2 * keys.size() / 3 + 1);
  }

  TrestleUpdate.Step step(RelayHeader header) {
    return new TrestleUpdate.Step(
        certified(header),
        header.height() == LAST ? Optional.of(addresses(second)) : Optional.empty());
  }

  RelayHeader at(long height) {
    return headers.get((int) height - 1);
  }

  Bytes update(long... heights) {
    return new TrestleUpdate(
            java.util.stream.LongStream.of(heights).mapToObj(height -> step(at(height))).toList())
        .encode();
  }

  TrestleAnchor anchor(long height) {
    return new TrestleAnchor(
        new TrestleSettings(chain, 1_000, 10),
        new Era(0, 1, addresses(first)),
        certified(at(height)));
  }
}
