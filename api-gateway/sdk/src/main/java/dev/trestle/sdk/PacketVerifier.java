package dev.trestle.sdk;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.TrestleException;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.lightclient.packet.Packet;
import dev.trestle.relay.consensus.CommitCertificate;
import dev.trestle.relay.ledger.Genesis;
import dev.trestle.relay.verifier.ReceiptBundle;
import dev.trestle.relay.verifier.RelayChainClient;
import dev.trestle.relay.verifier.VerifiedBlock;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Verifies offline that the relay chain has emitted a packet, from nothing but the genesis that one
 * trusts: changes of validators, commit certificate, packet id and its place in the block's outbox.
 * From the validators of the genesis on each set must have named the next one; the set of the
 * block's height must have certified the block.
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

  /** The era of the genesis, as the start of trust in its chain. */
  public static RelayChainClient trusting(Genesis genesis) {
    List<EvmAddress> validators =
        genesis.validators().stream()
            .map(each -> each.key().evmAddress())
            .sorted(Comparator.naturalOrder())
            .toList();
    return accepted(
        RelayChainClient.trusting(genesis.chainId(), new RelayChainClient.Era(0, 1, validators)));
  }

  /**
   * The proof as the bundle that {@code trestle relay verify} and the verifier library check
   * without a gateway.
   *
   * @throws IllegalArgumentException when a part of the proof is not hex
   */
  public static ReceiptBundle bundle(Api.PacketProof proof) {
    return new ReceiptBundle(
        proof.handOvers().stream()
            .map(
                each ->
                    new ReceiptBundle.HandOver(
                        Bytes.fromHex(each.header()),
                        Bytes.fromHex(each.certificate()),
                        addresses(each.validators())))
            .toList(),
        Bytes.fromHex(proof.header()),
        Bytes.fromHex(proof.certificate()),
        Optional.empty(),
        new ReceiptBundle.Claim.Packet(
            Hash32.fromHex(proof.packetId()),
            proof.leafIndex(),
            proof.leafCount(),
            proof.siblings().stream().map(Hash32::fromHex).toList()));
  }

  private static Verified check(Genesis genesis, Api.PacketProof proof) {
    RelayChainClient trusted = trusting(genesis);
    VerifiedBlock block = accepted(bundle(proof).verify(trusted));
    List<EvmAddress> named = addresses(proof.validators());
    require(
        new RelayChainClient.Era(0, 1, named).validatorsHash().equals(block.validatorsHash()),
        "the proof lists other validators than those of the block");
    Packet packet = Packet.decode(Bytes.fromHex(proof.packet()));
    Hash32 id = packet.id();
    require(id.equals(Hash32.fromHex(proof.packetId())), "the packet has another id");
    require(packet.hubId().equals(genesis.chainId()), "the packet is of another hub");
    int signatures =
        accepted(CommitCertificate.decode(Bytes.fromHex(proof.certificate())))
            .signatures()
            .signatures()
            .size();
    return new Verified(id, block.height(), signatures, named.size());
  }

  private static List<EvmAddress> addresses(List<String> texts) {
    return texts.stream().map(text -> new EvmAddress(Bytes.fromHex(text))).toList();
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
