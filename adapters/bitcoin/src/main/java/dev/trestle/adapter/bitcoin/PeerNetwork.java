package dev.trestle.adapter.bitcoin;

import dev.trestle.base.Bytes;
import java.util.Optional;

/**
 * What messages of a network begin with (Bitcoin Core and Litecoin Core, {@code chainparams.cpp}).
 */
final class PeerNetwork {
  private PeerNetwork() {}

  /**
   * Empty for signets: their headers are worth nothing without a solution (BIP-325), and no message
   * carries that along.
   */
  static Optional<Bytes> magic(UtxoNetwork network) {
    return switch (network) {
      case BITCOIN -> Optional.of(Bytes.fromHex("f9beb4d9"));
      case BITCOIN_TESTNET3 -> Optional.of(Bytes.fromHex("0b110907"));
      case BITCOIN_TESTNET4 -> Optional.of(Bytes.fromHex("1c163f28"));
      case BITCOIN_SIGNET -> Optional.empty();
      case BITCOIN_REGTEST, LITECOIN_REGTEST -> Optional.of(Bytes.fromHex("fabfb5da"));
      case LITECOIN -> Optional.of(Bytes.fromHex("fbc0b6db"));
      case LITECOIN_TESTNET -> Optional.of(Bytes.fromHex("fdd2c8f1"));
    };
  }
}
