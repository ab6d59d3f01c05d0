package dev.trestle.relay.node;

import dev.trestle.base.Hash32;
import dev.trestle.base.TrestleException;
import dev.trestle.crypto.PublicKey;
import dev.trestle.crypto.SecretKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * A node's own folder as {@code trestle node init} makes it: {@code config.json}, {@code
 * genesis.hex}, {@code data/} with the transport key, and for a validator {@code validator.key}
 * with its sign guard. All of it is for the owner only.
 */
public final class NodeFolder {
  public static final String CONFIG = "config.json";
  public static final String GENESIS = "genesis.hex";
  public static final String VALIDATOR_KEY = "validator.key";
  private static final String DATA = "data";

  private static final JsonMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  private NodeFolder() {}

  /**
   * What the new node is.
   *
   * @param genesis copied into the folder; without it the file must be put there later
   * @param settings further keys of the configuration file
   */
  public record Request(
      Path folder,
      Optional<Path> genesis,
      boolean validator,
      List<PeerAddress> peers,
      Map<String, Object> settings) {
    public Request {
      peers = List.copyOf(peers);
      settings = Map.copyOf(settings);
    }
  }

  /**
   * What others must know of the new node.
   *
   * @param validator public key that votes, if it is a validator
   * @param transport fingerprint of its TLS key
   */
  public record Made(Optional<PublicKey> validator, Hash32 transport) {}

  /** The configuration file of a folder that {@link #init} made. */
  public static Path config(Path folder) {
    return folder.resolve(CONFIG);
  }

  /**
   * Makes the folder whole or not at all, with new keys.
   *
   * @throws TrestleException {@link NodeReason#ALREADY_EXISTS} if there is anything in the folder,
   *     {@link NodeReason#BAD_CONFIG} if the genesis does not decode or a setting is wrong
   */
  public static Made init(Request request, SecureRandom random) {
    Path folder = request.folder().toAbsolutePath().normalize();
    requireEmpty(folder);
    request.genesis().ifPresent(NodeFiles::readGenesis);
    Path parent = folder.getParent();
    if (parent == null) {
      throw NodeConfigFile.bad("not a folder for a node: " + folder);
    }
    Path fresh = parent.resolve(folder.getFileName() + ".new");
    try {
      Files.createDirectories(parent);
      Files.createDirectory(
          fresh,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    } catch (java.nio.file.FileAlreadyExistsException e) {
      throw new TrestleException(
          NodeReason.ALREADY_EXISTS, "an earlier init left " + fresh + ": look, then remove it", e);
    } catch (IOException e) {
      throw new TrestleException(NodeReason.STORAGE_FAULT, "cannot make " + fresh, e);
    }
    try {
      Made made = fill(fresh, request, random);
      Files.move(fresh, folder, StandardCopyOption.ATOMIC_MOVE);
      WriteAheadLog.forceDirectory(parent);
      return made;
    } catch (IOException e) {
      StoreSwitch.remove(fresh); // only what was made a moment ago
      throw new TrestleException(NodeReason.STORAGE_FAULT, "cannot make " + folder, e);
    } catch (RuntimeException e) {
      StoreSwitch.remove(fresh); // only what was made a moment ago
      throw e;
    }
  }

  private static Made fill(Path fresh, Request request, SecureRandom random) throws IOException {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("dataDir", DATA);
    config.put("genesis", GENESIS);
    config.put("role", request.validator() ? "validator" : "follower");
    config.put("peers", request.peers().stream().map(PeerAddress::toString).toList());
    config.putAll(new java.util.TreeMap<>(request.settings()));
    Optional<PublicKey> key = Optional.empty();
    if (request.validator()) {
      config.put("validatorKey", VALIDATOR_KEY);
      key = Optional.of(newValidatorKey(fresh.resolve(VALIDATOR_KEY), random));
    }
    request
        .genesis()
        .ifPresent(
            file -> NodeFiles.writeGenesis(fresh.resolve(GENESIS), NodeFiles.readGenesis(file)));
    TransportIdentity identity =
        TransportIdentity.loadOrCreate(NodeFiles.transportKey(fresh.resolve(DATA)), random);
    Path file = config(fresh);
    Files.writeString(file, JSON.writeValueAsString(config) + "\n");
    NodeConfigFile.load(file);
    for (Path each : List.of(file, fresh.resolve(DATA), fresh)) {
      WriteAheadLog.forceDirectory(each);
    }
    return new Made(key, identity.fingerprint());
  }

  private static PublicKey newValidatorKey(Path file, SecureRandom random) {
    try (SecretKey key = SecretKey.generate(random)) {
      NodeFiles.writeValidatorKey(file, key);
      NodeFiles.createSignGuard(file);
      return key.publicKey();
    }
  }

  private static void requireEmpty(Path folder) {
    if (!Files.exists(folder, java.nio.file.LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    try (Stream<Path> content = Files.list(folder)) {
      if (content.findAny().isEmpty()) {
        return;
      }
    } catch (IOException e) {
      throw new TrestleException(
          NodeReason.ALREADY_EXISTS, folder + " is there and not a folder to fill", e);
    }
    throw new TrestleException(
        NodeReason.ALREADY_EXISTS, folder + " is not empty: nothing is overwritten");
  }
}
