package dev.trestle.proofs;

import dev.trestle.base.Bytes;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** Reads the JSON vectors under {@code vectors/ethereum-el}. */
public final class VectorFile {
  private VectorFile() {}

  public static JsonNode read(String name) {
    String path = "/vectors/ethereum-el/" + name;
    try (InputStream in = VectorFile.class.getResourceAsStream(path)) {
      return new ObjectMapper().readTree(Objects.requireNonNull(in, path));
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
