package dev.trestle.lightclient.polkadot.beefy;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.DecodeException;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.lightclient.polkadot.Messages;
import java.util.List;

/**
 * Evidence that a quorum signed two roots for one block: {@code u8 version = 1 | u8 kind | list of
 * address 20 | bytes signedCommitment}, then for kind 1 another {@code bytes signedCommitment} of
 * the same set, for kind 2 the {@code u64} number of a header that the client knows.
 */
public sealed interface BeefyEvidence {
  record Pair(List<EvmAddress> validators, Bytes first, Bytes second) implements BeefyEvidence {}

  record AgainstKnown(List<EvmAddress> validators, Bytes signed, long number)
      implements BeefyEvidence {}

  default Bytes encode() {
    CanonicalWriter out = Messages.begin();
    switch (this) {
      case Pair(List<EvmAddress> validators, Bytes first, Bytes second) ->
          Step.writeValidators(out.u8(1), validators).bytes(first).bytes(second);
      case AgainstKnown(List<EvmAddress> validators, Bytes signed, long number) ->
          Step.writeValidators(out.u8(2), validators).bytes(signed).u64(number);
    }
    return out.toBytes();
  }

  static BeefyEvidence read(CanonicalReader in) {
    int kind = in.u8();
    List<EvmAddress> validators = Step.readValidators(in);
    Bytes signed = in.bytes(SignedCommitment.MAX_SIZE);
    return switch (kind) {
      case 1 -> new Pair(validators, signed, in.bytes(SignedCommitment.MAX_SIZE));
      case 2 -> new AgainstKnown(validators, signed, in.u64());
      default -> throw new DecodeException("evidence of kind " + kind);
    };
  }
}
