package dev.trestle.relay.simulation;

import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.EcdsaSignature;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.relay.consensus.ConsensusSigner;
import dev.trestle.relay.consensus.SignGuardRules;
import dev.trestle.relay.consensus.SignPosition;
import java.util.Optional;

/** A validator's key and its sign guard, whose record survives crashes unless it is forgotten. */
final class GuardedSigner implements ConsensusSigner {
  private final EvmAddress address;
  private final Signatures signatures;
  private final boolean guarded;
  private Optional<SignGuardRules.Last> last = Optional.empty();

  GuardedSigner(EvmAddress address, Signatures signatures, boolean guarded) {
    this.address = address;
    this.signatures = signatures;
    this.guarded = guarded;
  }

  @Override
  public EvmAddress address() {
    return address;
  }

  @Override
  public Optional<EcdsaSignature> sign(SignPosition position, Hash32 digest) {
    if (!guarded) {
      return Optional.of(signatures.sign(address, digest));
    }
    return switch (SignGuardRules.decide(last, position, digest)) {
      case Verdict.Accepted<SignGuardRules.Decision>(SignGuardRules.Decision decision) ->
          switch (decision) {
            case SignGuardRules.Decision.SignNew now -> {
              EcdsaSignature signature = signatures.sign(address, digest);
              last = Optional.of(new SignGuardRules.Last(position, digest, signature));
              yield Optional.of(signature);
            }
            case SignGuardRules.Decision.Repeat(EcdsaSignature signature) -> Optional.of(signature);
          };
      case Verdict.Rejected<SignGuardRules.Decision> refused -> Optional.empty();
      case Verdict.Ignored<SignGuardRules.Decision> refused -> Optional.empty();
      case Verdict.Later<SignGuardRules.Decision> refused -> Optional.empty();
    };
  }

  void forget() {
    last = Optional.empty();
  }
}
