package dev.trestle.cli;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.relay.ledger.Genesis;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The genesis document as a file: its canonical bytes in hex, as the nodes are configured with. */
final class GenesisFile {
  private GenesisFile() {}

  static Genesis load(Path file) {
    try {
      return Genesis.decode(Bytes.fromHex(Files.readString(file).strip()));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file, e);
    } catch (DecodeException | IllegalArgumentException | ArithmeticException e) {
      throw new CliException(
          "bad-genesis", Failures.USAGE, file + " is not a genesis document: " + e.getMessage());
    }
  }
}
