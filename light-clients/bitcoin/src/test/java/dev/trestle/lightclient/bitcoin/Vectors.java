package dev.trestle.lightclient.bitcoin;

import dev.trestle.base.Bytes;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads the vector files under {@code src/test/resources/vectors}. */
public final class Vectors {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private Vectors() {}

  public static Bytes file(String path) {
    try (InputStream in = Vectors.class.getResourceAsStream("/vectors/" + path)) {
      if (in == null) {
        throw new IllegalStateException("no vector file " + path);
      }
      return Bytes.wrap(in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static JsonNode json(String path) {
    return JSON.readTree(file(path).toArray());
  }

  public static JsonNode parse(String text) {
    return JSON.readTree(text);
  }

  public static Bytes hex(JsonNode node) {
    return Bytes.fromHex(node.asString());
  }

  static List<BlockHeader> headers(JsonNode list) {
    List<BlockHeader> out = new ArrayList<>();
    for (JsonNode each : list) {
      out.add(BlockHeader.of(hex(each)));
    }
    return out;
  }

  static List<BlockHeader> headerFile(String path) {
    Bytes all = file(path);
    List<BlockHeader> out = new ArrayList<>();
    for (int at = 0; at < all.size(); at += BlockHeader.SIZE) {
      out.add(BlockHeader.of(all.slice(at, at + BlockHeader.SIZE)));
    }
    return out;
  }

  /** What a test prints, so that a run shows how many cases it had. */
  public static void report(String what, int count) {
    System.out.println("vectors: " + what + ": " + count + " of " + count + " pass");
  }
}
