package dev.trestle.lightclient.bench.bitcoin;

import dev.trestle.base.Bytes;
import dev.trestle.lightclient.bitcoin.BlockHeader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Real headers among the test vectors; the benchmarks run in the root of the repository. */
final class RealHeaders {
  private static final Path VECTORS =
      Path.of("light-clients", "bitcoin", "src", "test", "resources", "vectors");

  private RealHeaders() {}

  /** Heights 1 to 10,236 of Bitcoin mainnet. */
  static Bytes mainnet() {
    try {
      Bytes all =
          Bytes.wrap(
              Files.readAllBytes(VECTORS.resolve("bitcoin/headers/mainnet-000000-010236.bin")));
      return all.slice(BlockHeader.SIZE, all.size());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Heights 1 to 300 of Litecoin's testnet4. */
  static Bytes litecoin() {
    try {
      StringBuilder hex = new StringBuilder();
      Files.readAllLines(VECTORS.resolve("litecoin/headers/testnet4-1-300-and-forks.hex")).stream()
          .filter(line -> !line.startsWith("fork:"))
          .forEach(hex::append);
      return Bytes.fromHex(hex.toString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
