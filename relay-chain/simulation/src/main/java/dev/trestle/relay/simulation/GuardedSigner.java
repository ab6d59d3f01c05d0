package dev.trestle.relay.simulation;

import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.EcdsaSignature;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.relay.consensus.ConsensusSigner;
import dev.trestle.relay.consensus.SignGuardRules;
import dev.trestle.relay.consensus.SignPosition;
import java.util.Optional;

/** A validator's key and its sign guard: the guard's record is on the disk before a signature. */
final class GuardedSigner implements ConsensusSigner {
  private final EvmAddress address;
  private final Signatures signatures;
  private final Disk disk;
  private final boolean guarded;

  GuardedSigner(EvmAddress address, Signatures signatures, Disk disk, boolean guarded) {
    this.address = address;
    this.signatures = signatures;
    this.disk = disk;
    this.guarded = guarded;
  }

  @Override
  public EvmAddress address() {
    return address;
  }

  @Override
  public Optional<EcdsaSignature> sign(SignPosition position, Hash32 digest) {
    Disk.Guard guard = disk.guard();
    if (position.height() <= guard.abstainThrough()) {
      return Optional.empty();
    }
    if (!guarded) {
      return Optional.of(signatures.sign(address, position, digest));
    }
    return switch (SignGuardRules.decide(guard.last(), position, digest)) {
      case Verdict.Accepted<SignGuardRules.Decision>(SignGuardRules.Decision decision) ->
          switch (decision) {
            case SignGuardRules.Decision.SignNew now -> {
              EcdsaSignature signature = signatures.sign(address, position, digest);
              disk.storeGuard(
                  guard.abstainThrough(),
                  Optional.of(new SignGuardRules.Last(position, digest, signature)));
              yield Optional.of(signature);
            }
            case SignGuardRules.Decision.Repeat(EcdsaSignature signature) -> Optional.of(signature);
          };
      case Verdict.Rejected<SignGuardRules.Decision> refused -> Optional.empty();
      case Verdict.Ignored<SignGuardRules.Decision> refused -> Optional.empty();
      case Verdict.Later<SignGuardRules.Decision> refused -> Optional.empty();
    };
  }

  /** The log does not hold what this key has signed: silent until the height is over. */
  void abstain() {
    Disk.Guard guard = disk.guard();
    long signed = guard.last().map(last -> last.position().height()).orElse(0L);
    disk.storeGuard(Math.max(guard.abstainThrough(), signed), guard.last());
  }
}
