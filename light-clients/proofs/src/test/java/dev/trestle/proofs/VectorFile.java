package dev.trestle.proofs;

import dev.trestle.base.Bytes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** Reads the JSON vectors of {@code ethereum-el}, which stand with the light client. */
public final class VectorFile {
  private static final Path FOLDER =
      Path.of("..", "ethereum", "src", "test", "resources", "vectors", "ethereum-el");

  private VectorFile() {}

  public static JsonNode read(String name) {
    try {
      return new ObjectMapper().readTree(Files.readAllBytes(FOLDER.resolve(name)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static List<Bytes> list(JsonNode array) {
    return array.valueStream().map(VectorFile::hex).toList();
  }

  public static Bytes hex(JsonNode text) {
    return Bytes.fromHex(text.asString());
  }
}
