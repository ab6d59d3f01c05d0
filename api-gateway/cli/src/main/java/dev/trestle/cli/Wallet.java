package dev.trestle.cli;

import dev.trestle.base.Bytes;
import dev.trestle.base.ChainId;
import dev.trestle.base.TimeSource;
import dev.trestle.crypto.SecretKey;
import dev.trestle.htlc.EngineSettings;
import dev.trestle.relay.ledger.Genesis;
import dev.trestle.sdk.Chains;
import dev.trestle.sdk.HubClient;
import dev.trestle.sdk.SwapParty;
import dev.trestle.sdk.TransferParty;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * A user's folder: {@code seed} (32 bytes of hex, readable by the owner only; made when missing),
 * {@code chains.json} (own nodes), {@code genesis.hex} (the hub that the user trusts), the journal
 * of swaps and the signed deposits of transfers.
 */
public final class Wallet implements AutoCloseable {
  /** Bytes of a seed. */
  static final int SEED_BYTES = 32;

  private static final Set<PosixFilePermission> OWNER_FILE =
      PosixFilePermissions.fromString("rw-------");
  private static final Set<PosixFilePermission> OWNER_FOLDER =
      PosixFilePermissions.fromString("rwx------");

  private final Path folder;
  private final Bytes seed;
  private final Vertx vertx = Vertx.vertx();
  private final Chains chains = new Chains(vertx, TimeSource.system());

  private Wallet(Path folder, Bytes seed) {
    this.folder = folder;
    this.seed = seed;
  }

  /** Opens the folder and connects to all of its chains. */
  public static Wallet open(Path folder) {
    return open(folder, chain -> true);
  }

  /** Opens the folder and connects to the chains that are {@code wanted}. */
  static Wallet open(Path folder, Predicate<ChainId> wanted) {
    require(folder);
    Wallet wallet = new Wallet(folder, seed(folder));
    try {
      wallet.chains.addAll(
          Chains.read(folder.resolve("chains.json")).stream()
              .filter(entry -> wanted.test(ChainId.parse(entry.chain())))
              .toList());
      return wallet;
    } catch (RuntimeException e) {
      wallet.close(); // or its threads would keep the process alive
      throw e;
    }
  }

  /**
   * A folder without nodes is a slip of the finger: nothing is made there.
   *
   * @throws CliException if it has no {@code chains.json}
   */
  static void require(Path folder) {
    if (!Files.exists(folder.resolve("chains.json"))) {
      throw new CliException(
          "no-wallet",
          Failures.NOT_FOUND,
          "there is no wallet in "
              + folder
              + ": it needs chains.json, your own nodes, and genesis.hex, the hub you trust"
              + " (on a local network: trestle devnet wallet --wallet "
              + folder
              + ")");
    }
  }

  private static Bytes seed(Path folder) {
    Path file = folder.resolve("seed");
    try {
      if (!Files.exists(folder)) {
        Files.createDirectories(folder, PosixFilePermissions.asFileAttribute(OWNER_FOLDER));
      }
      if (!Files.exists(file)) {
        byte[] fresh = new byte[SEED_BYTES];
        new SecureRandom().nextBytes(fresh);
        write(file, Bytes.wrap(fresh).toHex());
      }
      if (!OWNER_FILE.containsAll(Files.getPosixFilePermissions(file))) {
        throw new CliException(
            "unsafe-permissions", Failures.USAGE, file + " is open to others: chmod 600 it");
      }
      String hex = Files.readString(file).strip();
      if (!hex.matches("[0-9a-f]{" + 2 * SEED_BYTES + "}")) {
        throw new CliException(
            "bad-seed", Failures.USAGE, file + " is not " + SEED_BYTES + " bytes of hex");
      }
      return Bytes.fromHex(hex);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot open the wallet in " + folder, e);
    }
  }

  /** A file of the owner alone that is there, whole, after any crash. */
  static void write(Path file, String text) throws IOException {
    Path draft = file.resolveSibling(file.getFileName() + ".tmp");
    Files.deleteIfExists(draft);
    Files.createFile(draft, PosixFilePermissions.asFileAttribute(OWNER_FILE));
    Files.writeString(draft, text);
    try (FileChannel channel = FileChannel.open(draft, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
    Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
  }

  /** Adapters of the user's own nodes. */
  public Chains chains() {
    return chains;
  }

  Genesis genesis() {
    return GenesisFile.load(folder.resolve("genesis.hex"));
  }

  Bytes seed() {
    return seed;
  }

  SecretKey key(String purpose) {
    return SecretKey.derive(seed, "cli/" + purpose);
  }

  /** The key that pays and is paid on {@code chain}. */
  public SecretKey chainKey(ChainId chain) {
    return key("chain/" + chain);
  }

  /** Where the signed deposit of a transfer is kept, so that it is never paid twice. */
  DepositFile depositFile(String transferId) {
    return new DepositFile(folder.resolve("transfers"), transferId);
  }

  SwapParty swaps(HubClient hub, EngineSettings settings) {
    Map<ChainId, SecretKey> wallets = new TreeMap<>();
    chains.all().keySet().forEach(chain -> wallets.put(chain, chainKey(chain)));
    return SwapParty.open(
        hub,
        genesis().chainId(),
        folder.resolve("swaps"),
        chains.all(),
        wallets,
        seed,
        TimeSource.system(),
        settings);
  }

  TransferParty transfers(HubClient hub) {
    return new TransferParty(hub, genesis(), key("relay"));
  }

  @Override
  public void close() {
    chains.close();
    vertx.close();
  }
}
