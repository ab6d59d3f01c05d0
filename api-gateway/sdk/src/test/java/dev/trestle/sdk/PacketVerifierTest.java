package dev.trestle.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.EcdsaSignature;
import dev.trestle.crypto.Secp256k1;
import dev.trestle.crypto.SecretKey;
import dev.trestle.lightclient.packet.Lane;
import dev.trestle.lightclient.packet.Packet;
import dev.trestle.proofs.MerkleProof;
import dev.trestle.proofs.MerkleTree;
import dev.trestle.relay.consensus.CommitCertificate;
import dev.trestle.relay.consensus.RelayHeader;
import dev.trestle.relay.consensus.SignatureList;
import dev.trestle.relay.consensus.Statement;
import dev.trestle.relay.consensus.ValidatorSet;
import dev.trestle.relay.ledger.Genesis;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class PacketVerifierTest {
  private static final List<SecretKey> KEYS = keys("validator");
  private final Genesis genesis = genesis("hub", KEYS);
  private final ValidatorSet validators =
      ValidatorSet.of(KEYS.stream().map(SecretKey::publicKey).toList());
  private final Packet packet = packet(genesis.chainId());

  private static List<SecretKey> keys(String role) {
    return IntStream.range(0, 4)
        .mapToObj(i -> SecretKey.derive(Bytes.utf8("verifier"), role + i))
        .sorted(Comparator.comparing(key -> key.publicKey().evmAddress()))
        .toList();
  }

  private static Genesis genesis(String name, List<SecretKey> validators) {
    List<SecretKey> others = keys("other");
    return new Genesis(
        name,
        1,
        validators.stream().map(k -> new Genesis.Validator(k.publicKey(), Hash32.ZERO)).toList(),
        new Genesis.Governance(others.stream().map(SecretKey::publicKey).toList(), 3),
        new Genesis.NotaryCommittee(
            0,
            others.stream()
                .map(k -> new Genesis.NotaryMember(k.publicKey().xOnly(), k.publicKey()))
                .toList(),
            3),
        Genesis.Parameters.DEFAULT);
  }

  private static Packet packet(Hash32 hubId) {
    return new Packet(
        hubId,
        new Lane(
            dev.trestle.base.ChainId.parse("bip122:a"),
            Bytes.utf8("app"),
            dev.trestle.base.ChainId.parse("eip155:1"),
            Bytes.utf8("bridge"),
            Lane.Ordering.UNORDERED),
        1,
        Hash32.ZERO,
        0,
        new Packet.Timeout(Packet.Timeout.Clock.DESTINATION_TIME, 9),
        Packet.Fee.NONE,
        Packet.Group.NONE,
        List.of(
            new Packet.Payload(
                Packet.Payload.Kind.CALL, Bytes.EMPTY, "raw", "1", Bytes.utf8("hello"))));
  }

  private static RelayHeader header(
      Hash32 chainId, long height, long epoch, ValidatorSet set, ValidatorSet next, Hash32 outbox) {
    return new RelayHeader(
        chainId,
        height,
        9,
        Hash32.ZERO,
        epoch,
        set.hash(),
        next.hash(),
        Hash32.ZERO,
        Hash32.ZERO,
        outbox,
        Hash32.ZERO,
        Hash32.ZERO,
        Hash32.ZERO,
        set.address(0));
  }

  private static CommitCertificate certificate(
      RelayHeader header, List<SecretKey> keys, int signers) {
    Hash32 digest = Statement.commit(header.height(), 0, header.id()).digest(header.chainId());
    List<Integer> indexes = IntStream.range(0, signers).boxed().toList();
    List<EcdsaSignature> signatures = new ArrayList<>();
    indexes.forEach(i -> signatures.add(Secp256k1.instance().signEcdsa(digest, keys.get(i))));
    return new CommitCertificate(
        header.height(), 0, header.id(), new SignatureList(keys.size(), indexes, signatures));
  }

  private static List<String> texts(ValidatorSet set) {
    return set.members().stream().map(member -> member.address().toString()).toList();
  }

  private Api.PacketProof proof(Hash32 chainId, ValidatorSet named, int signers, Packet sent) {
    Hash32 other = Digests.sha256(Bytes.utf8("another packet"));
    MerkleTree outbox = MerkleTree.of(List.of(other.bytes(), sent.id().bytes()));
    return proof(
        header(chainId, 7, 0, named, named, outbox.root()), named, KEYS, signers, sent, List.of());
  }

  private static Api.PacketProof proof(
      RelayHeader header,
      ValidatorSet named,
      List<SecretKey> keys,
      int signers,
      Packet sent,
      List<Api.HandOver> handOvers) {
    Hash32 other = Digests.sha256(Bytes.utf8("another packet"));
    MerkleTree outbox = MerkleTree.of(List.of(other.bytes(), sent.id().bytes()));
    MerkleProof place = outbox.prove(1);
    return new Api.PacketProof(
        sent.encode().toHex(),
        sent.id().toHex(),
        header.encode().toHex(),
        certificate(header, keys, signers).encode().toHex(),
        texts(named),
        place.index(),
        place.count(),
        place.siblings().stream().map(Hash32::toHex).toList(),
        handOvers);
  }

  /** Block 7 by the validators of the genesis names the next ones, who certify block 8. */
  @Test
  void aChangeOfValidatorsIsFollowedAndNothingElse() {
    List<SecretKey> nextKeys = keys("next");
    ValidatorSet next = ValidatorSet.of(nextKeys.stream().map(SecretKey::publicKey).toList());
    RelayHeader last = header(genesis.chainId(), 7, 0, validators, next, Hash32.ZERO);
    Api.HandOver over =
        new Api.HandOver(
            last.encode().toHex(), certificate(last, KEYS, 3).encode().toHex(), texts(next));
    Hash32 another = Digests.sha256(Bytes.utf8("another packet"));
    Hash32 outbox = MerkleTree.of(List.of(another.bytes(), packet.id().bytes())).root();
    RelayHeader first = header(genesis.chainId(), 8, 1, next, next, outbox);
    Api.PacketProof good = proof(first, next, nextKeys, 3, packet, List.of(over));
    assertThat(PacketVerifier.verify(genesis, good))
        .isEqualTo(new PacketVerifier.Verified(packet.id(), 8, 3, 4));
    Api.HandOver two =
        new Api.HandOver(
            last.encode().toHex(), certificate(last, KEYS, 2).encode().toHex(), texts(next));
    Api.HandOver other = new Api.HandOver(over.header(), over.certificate(), texts(validators));
    RelayHeader early = header(genesis.chainId(), 7, 1, next, next, outbox);
    List<Api.PacketProof> bad =
        List.of(
            proof(first, next, nextKeys, 3, packet, List.of()),
            proof(first, next, nextKeys, 3, packet, List.of(two)),
            proof(first, next, nextKeys, 3, packet, List.of(other)),
            proof(first, next, nextKeys, 3, packet, List.of(over, over)),
            proof(first, next, KEYS, 3, packet, List.of(over)),
            proof(first, validators, nextKeys, 3, packet, List.of(over)),
            proof(early, next, nextKeys, 3, packet, List.of(over)));
    for (Api.PacketProof each : bad) {
      assertThatThrownBy(() -> PacketVerifier.verify(genesis, each))
          .isInstanceOf(HubException.class);
    }
  }

  private Api.PacketProof good() {
    return proof(genesis.chainId(), validators, 3, packet);
  }

  @Test
  void aGenuineProofIsVerified() {
    PacketVerifier.Verified verified = PacketVerifier.verify(genesis, good());
    assertThat(verified).isEqualTo(new PacketVerifier.Verified(packet.id(), 7, 3, 4));
  }

  @Test
  void everythingElseIsAnInvalidProof() {
    Api.PacketProof p = good();
    ValidatorSet strangers =
        ValidatorSet.of(keys("other").stream().map(SecretKey::publicKey).toList());
    List<Api.PacketProof> bad =
        List.of(
            proof(genesis.chainId(), validators, 2, packet),
            proof(Digests.sha256(Bytes.EMPTY), validators, 3, packet),
            proof(genesis.chainId(), strangers, 3, packet),
            proof(genesis.chainId(), validators, 3, packet(Hash32.ZERO)),
            with(p, p.packet(), "00".repeat(32), p.header(), p.certificate(), 1),
            with(p, p.packet() + "00", p.packetId(), p.header(), p.certificate(), 1),
            with(p, "zz", p.packetId(), p.header(), p.certificate(), 1),
            with(p, p.packet(), p.packetId(), "ff" + p.header().substring(2), p.certificate(), 1),
            with(p, p.packet(), p.packetId(), p.header().substring(2), p.certificate(), 1),
            with(p, p.packet(), p.packetId(), p.header(), "", 1),
            with(p, p.packet(), p.packetId(), p.header(), p.certificate(), 0),
            with(p, p.packet(), p.packetId(), p.header(), p.certificate(), -1));
    for (Api.PacketProof each : bad) {
      assertThatThrownBy(() -> PacketVerifier.verify(genesis, each))
          .as("%s", each)
          .isInstanceOfSatisfying(
              HubException.class,
              e -> {
                assertThat(e.code()).isEqualTo("proof-invalid");
                assertThat(e.status()).isZero();
              });
    }
  }

  @Test
  void anotherGenesisDoesNotVerifyIt() {
    assertThatThrownBy(() -> PacketVerifier.verify(genesis("other", KEYS), good()))
        .isInstanceOf(HubException.class);
  }

  private static Api.PacketProof with(
      Api.PacketProof p, String packet, String id, String header, String certificate, long index) {
    return new Api.PacketProof(
        packet,
        id,
        header,
        certificate,
        p.validators(),
        index,
        p.leafCount(),
        p.siblings(),
        p.handOvers());
  }
}
