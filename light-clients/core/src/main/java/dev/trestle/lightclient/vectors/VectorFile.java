package dev.trestle.lightclient.vectors;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;

/** A file that may hold vectors, with access to the other files of its folder. Not thread-safe. */
public final class VectorFile {
  /** Largest file in bytes; whoever reads the disk checks it before reading. */
  public static final int MAX_SIZE = 64 << 20;

  private final String path;
  private final Bytes content;
  private final Function<String, Optional<Bytes>> siblings;
  private Optional<JsonNode> json = Optional.empty();

  /**
   * @param path with {@code /} between folders, as far as it is known
   * @param siblings the content of a file of the same folder by its plain name, at most {@link
   *     #MAX_SIZE} bytes
   * @throws DecodeException if {@code content} is too large
   */
  public VectorFile(String path, Bytes content, Function<String, Optional<Bytes>> siblings) {
    if (content.size() > MAX_SIZE) {
      throw new DecodeException(content.size() + " bytes where at most " + MAX_SIZE + " may be");
    }
    this.path = path;
    this.content = content;
    this.siblings = siblings;
  }

  public String path() {
    return path;
  }

  /** Without folders. */
  public String name() {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  /** Names of the folders above the file, outermost first. */
  public List<String> folders() {
    List<String> parts = Arrays.asList(path.split("/"));
    return parts.subList(0, parts.size() - 1);
  }

  /** Whether the file is somewhere below a folder of this name. */
  public boolean isBelow(String folder) {
    return folders().contains(folder);
  }

  /**
   * @param suffix in lower case; the file's may be in capitals
   */
  public boolean hasSuffix(String suffix) {
    return name().toLowerCase(Locale.ROOT).endsWith(suffix);
  }

  /** Whether its suffix says that it is JSON, or, where it has none, its first character. */
  public boolean isJson() {
    if (name().contains(".")) {
      return hasSuffix(".json");
    }
    int at = 0;
    while (at < content.size() && Character.isWhitespace(content.at(at))) {
      at++;
    }
    return at < content.size() && (content.at(at) == '{' || content.at(at) == '[');
  }

  public Bytes content() {
    return content;
  }

  /**
   * @throws DecodeException if it is not UTF-8
   */
  public String text() {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(content.toArray()))
          .toString();
    } catch (CharacterCodingException e) {
      throw new DecodeException("not UTF-8");
    }
  }

  /**
   * The content as JSON.
   *
   * @throws DecodeException if it is not JSON within the limits of {@link VectorJson}
   */
  public JsonNode json() {
    JsonNode parsed = json.orElseGet(() -> VectorJson.parse(content));
    json = Optional.of(parsed);
    return parsed;
  }

  /**
   * Another file of the same folder.
   *
   * @throws DecodeException if {@code name} is not a plain file name or there is no such file
   */
  public Bytes sibling(String name) {
    if (name.isEmpty() || name.contains("/") || name.contains("\\") || name.startsWith(".")) {
      throw new DecodeException("not the name of a file: " + name);
    }
    return siblings.apply(name).orElseThrow(() -> new DecodeException("no file " + name));
  }
}
