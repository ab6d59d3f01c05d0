package dev.trestle.lightclient.bitcoin.sync;

import dev.trestle.base.Bytes;
import dev.trestle.lightclient.bitcoin.BlockHeader;
import dev.trestle.lightclient.bitcoin.ChainParameters;
import dev.trestle.lightclient.bitcoin.Scrypt;
import java.util.stream.IntStream;

/**
 * The proof-of-work hashes of a batch of headers. Those of Bitcoin are the ids; those of Litecoin
 * are computed for the whole batch first, on all processors, since they are all the work there is.
 */
final class ProofOfWork {
  private final byte[][] scrypt;

  private ProofOfWork(byte[][] scrypt) {
    this.scrypt = scrypt;
  }

  static ProofOfWork of(ChainParameters network, Bytes headers) {
    return switch (network.powHash()) {
      case SHA256D -> new ProofOfWork(new byte[0][]);
      case SCRYPT -> new ProofOfWork(all(headers.toArray()));
    };
  }

  private static byte[][] all(byte[] raw) {
    byte[][] hashes = new byte[raw.length / BlockHeader.SIZE][];
    IntStream.range(0, hashes.length)
        .parallel()
        .forEach(i -> hashes[i] = Scrypt.header(raw, i * BlockHeader.SIZE));
    return hashes;
  }

  /**
   * The hash of a header.
   *
   * @param index of it in the batch
   * @param id its SHA-256d
   */
  byte[] hash(int index, byte[] id) {
    return scrypt.length == 0 ? id : scrypt[index];
  }
}
