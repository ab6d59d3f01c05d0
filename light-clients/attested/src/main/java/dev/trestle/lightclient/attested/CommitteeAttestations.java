package dev.trestle.lightclient.attested;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.EcdsaSignature;
import dev.trestle.crypto.PublicKey;
import dev.trestle.lightclient.AttestationRules;
import dev.trestle.lightclient.ClientDelta;
import dev.trestle.lightclient.ClientView;
import dev.trestle.lightclient.RejectionCode;
import dev.trestle.proofs.evm.EvmHeader;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;

/**
 * Composes {@link AttestedUpdate}s from members' signatures. {@code handOver} rejects with {@code
 * unknown-height} (not initialised), {@code client-frozen}, {@code wrong-epoch} (not later) and
 * {@code malformed} (no set of members with a threshold over two thirds).
 *
 * <p>{@code compose} rejects with {@code bad-signature}, {@code duplicate-signer} (a member in the
 * place of another) and {@code quorum-low} (fewer than the threshold).
 *
 * <p>Header hash: Yellow Paper 4.4; signatures in the form of EIP-2098.
 */
final class CommitteeAttestations implements AttestationRules {
  @Override
  public Verdict<Target> target(ClientView view, Bytes header) {
    return AttestedEvmClient.usable(view)
        .then(
            state ->
                decode(header)
                    .then(decoded -> AttestedEvmClient.place(view, state, decoded))
                    .then(decoded -> Verdict.accept(target(state.anchor(), decoded))));
  }

  private static Target target(AttestedAnchor anchor, EvmHeader header) {
    return new Target(
        KnownHeader.of(header).ref(),
        QuorumCheck.digest(anchor, header),
        anchor.epoch(),
        anchor.members().size(),
        anchor.threshold());
  }

  @Override
  public Verdict<Integer> signer(ClientView view, Bytes header, EcdsaSignature signature) {
    return digest(view, header)
        .then(signed -> QuorumCheck.signer(signed.anchor(), signed.digest(), signature));
  }

  @Override
  public Verdict<Bytes> compose(
      ClientView view, Bytes header, SortedMap<Integer, EcdsaSignature> signatures) {
    return digest(view, header).then(signed -> compose(signed, header, signatures));
  }

  private static Verdict<Bytes> compose(
      Signed signed, Bytes header, SortedMap<Integer, EcdsaSignature> signatures) {
    AttestedAnchor anchor = signed.anchor();
    for (Map.Entry<Integer, EcdsaSignature> entry : signatures.entrySet()) {
      Verdict<Integer> signer = QuorumCheck.signer(anchor, signed.digest(), entry.getValue());
      if (!(signer instanceof Verdict.Accepted<Integer>(Integer member))) {
        return signer.then(
            ignored -> Verdict.reject(RejectionCode.BAD_SIGNATURE, "of member " + entry.getKey()));
      }
      if (!member.equals(entry.getKey())) {
        return Verdict.reject(
            RejectionCode.DUPLICATE_SIGNER,
            "member " + member + " signs in the place of " + entry.getKey());
      }
    }
    if (signatures.size() < anchor.threshold()) {
      return Verdict.later(
          RejectionCode.QUORUM_LOW, signatures.size() + " of " + anchor.threshold());
    }
    return Verdict.accept(
        new AttestedUpdate(anchor.epoch(), header, anchor.members().size(), signatures).encode());
  }

  @Override
  public Verdict<ClientDelta> handOver(
      ClientView view, long epoch, List<PublicKey> members, int threshold) {
    return AttestedEvmClient.usable(view)
        .then(
            state -> {
              if (epoch <= state.anchor().epoch()) {
                return Verdict.reject(RejectionCode.WRONG_EPOCH, "not after " + epoch);
              }
              try {
                ClientDelta.Builder delta = ClientDelta.builder();
                state.trusting(epoch, members, threshold).save(delta);
                return Verdict.accept(delta.build());
              } catch (IllegalArgumentException e) {
                return Verdict.reject(RejectionCode.MALFORMED, String.valueOf(e.getMessage()));
              }
            });
  }

  private static Verdict<Signed> digest(ClientView view, Bytes header) {
    Optional<AttestedState> state = AttestedState.load(view);
    if (state.isEmpty()) {
      return Verdict.reject(RejectionCode.UNKNOWN_HEIGHT, "the client is not initialised");
    }
    AttestedAnchor anchor = state.get().anchor();
    return decode(header)
        .then(decoded -> Verdict.accept(new Signed(anchor, QuorumCheck.digest(anchor, decoded))));
  }

  private static Verdict<EvmHeader> decode(Bytes header) {
    try {
      return Verdict.accept(EvmHeader.decode(header));
    } catch (DecodeException e) {
      return Verdict.reject(RejectionCode.MALFORMED, String.valueOf(e.getMessage()));
    }
  }

  private record Signed(AttestedAnchor anchor, Hash32 digest) {}
}
