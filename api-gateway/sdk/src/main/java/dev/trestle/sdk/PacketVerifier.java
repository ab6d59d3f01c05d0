package dev.trestle.sdk;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.TrestleException;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.lightclient.packet.Packet;
import dev.trestle.proofs.MerkleProof;
import dev.trestle.relay.consensus.CommitCertificate;
import dev.trestle.relay.consensus.RelayHeader;
import dev.trestle.relay.consensus.ValidatorSet;
import dev.trestle.relay.ledger.Genesis;
import java.util.List;

/**
 * Verifies offline that the relay chain has emitted a packet, from nothing but the genesis that one
 * trusts: validator set, commit certificate, packet id and its place in the block's outbox. The
 * foundation has no change of the validator set, so that of the genesis certifies every block; a
 * block of any other set is refused.
 */
public final class PacketVerifier {
  private PacketVerifier() {}

  /**
   * What was proved.
   *
   * @param height of the block that emitted the packet
   * @param signatures that the certificate has
   * @param validators size of the set
   */
  public record Verified(Hash32 packetId, long height, int signatures, int validators) {}

  /**
   * @throws HubException with {@code proof-invalid} when any part of the proof is malformed, of
   *     another hub, or does not show the packet
   */
  public static Verified verify(Genesis genesis, Api.PacketProof proof) {
    try {
      return check(genesis, proof);
    } catch (TrestleException | IllegalArgumentException | ArithmeticException e) {
      throw new HubException(HubException.Check.PROOF_INVALID, "malformed: " + e.getMessage(), e);
    }
  }

  private static Verified check(Genesis genesis, Api.PacketProof proof) {
    RelayHeader header = accepted(RelayHeader.decode(Bytes.fromHex(proof.header())));
    require(header.chainId().equals(genesis.chainId()), "the header is of another relay chain");
    ValidatorSet validators =
        ValidatorSet.of(genesis.validators().stream().map(Genesis.Validator::key).toList());
    require(
        header.validatorsHash().equals(validators.hash()),
        "the header names another validator set than the genesis");
    List<EvmAddress> named =
        proof.validators().stream().map(text -> new EvmAddress(Bytes.fromHex(text))).toList();
    require(
        named.equals(validators.members().stream().map(member -> member.address()).toList()),
        "the proof lists other validators than the genesis");
    CommitCertificate certificate =
        accepted(CommitCertificate.decode(Bytes.fromHex(proof.certificate())));
    accepted(certificate.verifyFor(header, validators));
    Packet packet = Packet.decode(Bytes.fromHex(proof.packet()));
    Hash32 id = packet.id();
    require(id.equals(Hash32.fromHex(proof.packetId())), "the packet has another id");
    require(packet.hubId().equals(genesis.chainId()), "the packet is of another hub");
    MerkleProof inclusion =
        new MerkleProof(
            proof.leafIndex(),
            proof.leafCount(),
            proof.siblings().stream().map(Hash32::fromHex).toList());
    require(
        inclusion.verifies(header.outboxRoot(), id.bytes()),
        "the packet is not in the block's outbox");
    return new Verified(
        id, header.height(), certificate.signatures().signatures().size(), validators.size());
  }

  private static <T> T accepted(Verdict<T> verdict) {
    if (verdict instanceof Verdict.Accepted<T>(T value)) {
      return value;
    }
    throw new HubException(HubException.Check.PROOF_INVALID, describe(verdict));
  }

  private static String describe(Verdict<?> verdict) {
    return switch (verdict) {
      case Verdict.Accepted<?> accepted -> "accepted";
      case Verdict.Ignored<?>(var reason, String detail) -> reason.code() + ": " + detail;
      case Verdict.Rejected<?>(var reason, String detail) -> reason.code() + ": " + detail;
      case Verdict.Later<?>(var reason, String detail) -> reason.code() + ": " + detail;
    };
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new HubException(HubException.Check.PROOF_INVALID, otherwise);
    }
  }
}
