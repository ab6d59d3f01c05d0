package dev.trestle.lightclient.trestle;

import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.relay.verifier.RelayChainClient.Era;

/** Eras of validators as bytes. */
final class Eras {
  /** Validators of one era, as many as consensus lets a relay chain have. */
  static final int MAX_VALIDATORS = 256;

  private Eras() {}

  /** {@code u64 firstEpoch | u64 firstHeight | list of 20-byte addresses}, ascending. */
  static void write(CanonicalWriter out, Era era) {
    out.u64(era.firstEpoch()).u64(era.firstHeight());
    out.list(era.validators(), (writer, each) -> writer.fixed(each.bytes()));
  }

  static Era read(CanonicalReader in) {
    return new Era(
        in.u64(),
        in.u64(),
        in.list(MAX_VALIDATORS, each -> new EvmAddress(each.fixed(EvmAddress.SIZE))));
  }
}
