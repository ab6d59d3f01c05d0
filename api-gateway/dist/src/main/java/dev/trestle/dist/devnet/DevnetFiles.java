package dev.trestle.dist.devnet;

import dev.trestle.base.Bytes;
import dev.trestle.base.ChainId;
import dev.trestle.crypto.SecretKey;
import dev.trestle.dist.role.ConfigFiles;
import dev.trestle.notary.EquivocationGuard;
import dev.trestle.notary.KeyFile;
import dev.trestle.notary.MemberKeys;
import dev.trestle.notary.Passphrase;
import dev.trestle.relay.ledger.Genesis;
import dev.trestle.relay.node.NodeFiles;
import dev.trestle.relay.node.TransportIdentity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The folder of a local network: keys, genesis and the configuration of every role. The keys are
 * made for this folder and guard nothing of value.
 */
public final class DevnetFiles {
  public static final int VALIDATORS = 4;
  public static final int MEMBERS = 5;
  public static final int MEMBER_THRESHOLD = 4;
  public static final int GOVERNANCE = 4;
  public static final int GOVERNANCE_THRESHOLD = 3;

  private final Path dir;
  private final SecureRandom random = new SecureRandom();
  private final Map<Integer, MemberKeys> made = new TreeMap<>();

  public DevnetFiles(Path dir) {
    this.dir = dir;
  }

  public Path dir() {
    return dir;
  }

  public Path genesisFile() {
    return dir.resolve("genesis.hex");
  }

  public Path validator(int index) {
    return dir.resolve("validator-" + index);
  }

  /** Folder of a member, by its number in the committee. */
  public Path notary(int member) {
    return dir.resolve("notary-" + member);
  }

  public Path gateway() {
    return dir.resolve("gateway");
  }

  public Genesis genesis() {
    return NodeFiles.readGenesis(genesisFile());
  }

  public List<SecretKey> governanceKeys() {
    List<SecretKey> keys = new ArrayList<>();
    for (int i = 0; i < GOVERNANCE; i++) {
      keys.add(ConfigFiles.readKey(dir.resolve("governance-" + i + ".key")));
    }
    return keys;
  }

  /** A key of the network's operator, by purpose; made at first use. */
  public SecretKey key(String purpose) {
    Path file = dir.resolve(purpose + ".key");
    if (!Files.exists(file)) {
      ConfigFiles.writeKey(file, SecretKey.generate(random));
    }
    return ConfigFiles.readKey(file);
  }

  /** Owner of the coins that regtest mining brings. */
  public SecretKey faucet(ChainId chain) {
    return key("faucet-" + chain.reference().substring(0, 8));
  }

  /** Where those coins are. */
  public String faucetAddress(ChainId chain) {
    return DevnetEntries.address(chain, faucet(chain));
  }

  /** A member's keys; those made by this object stay open for its life. */
  public MemberKeys memberKeys(int member) {
    MemberKeys kept = made.get(member);
    if (kept != null) {
      return kept;
    }
    try (Passphrase passphrase = Passphrase.fromFile(notary(member).resolve("passphrase"))) {
      return KeyFile.open(notary(member).resolve("member.key"), passphrase);
    }
  }

  /** Makes all keys and the genesis. */
  public Genesis createGenesis(long nowMillis) {
    List<Genesis.Validator> validators = new ArrayList<>();
    for (int i = 0; i < VALIDATORS; i++) {
      makeFolder(validator(i).resolve("data"));
      SecretKey key = SecretKey.generate(random);
      NodeFiles.writeValidatorKey(validator(i).resolve("validator.key"), key);
      TransportIdentity identity =
          TransportIdentity.loadOrCreate(
              NodeFiles.transportKey(validator(i).resolve("data")), random);
      validators.add(new Genesis.Validator(key.publicKey(), identity.fingerprint()));
    }
    validators.sort(Comparator.comparing(validator -> validator.key().evmAddress()));
    List<SecretKey> governance = new ArrayList<>();
    for (int i = 0; i < GOVERNANCE; i++) {
      governance.add(key("governance-" + i));
    }
    Genesis genesis =
        new Genesis(
            "trestle-devnet",
            nowMillis,
            validators,
            new Genesis.Governance(
                governance.stream().map(SecretKey::publicKey).toList(), GOVERNANCE_THRESHOLD),
            new Genesis.NotaryCommittee(0, members(), MEMBER_THRESHOLD),
            Genesis.Parameters.DEFAULT);
    NodeFiles.writeGenesis(genesisFile(), genesis);
    for (int i = 0; i < MEMBERS; i++) {
      EquivocationGuard.create(
          notary(i).resolve("guard"),
          genesis.chainId(),
          genesis.committee().members().get(i).custodyKey());
    }
    return genesis;
  }

  /** Members' folders are numbered by the order of the committee: ascending attestation address. */
  private List<Genesis.NotaryMember> members() {
    record New(Path folder, MemberKeys keys) {}
    List<New> drawn = new ArrayList<>();
    for (int i = 0; i < MEMBERS; i++) {
      Path folder = dir.resolve("notary-new-" + i);
      makeFolder(folder.resolve("data"));
      byte[] phrase = new byte[24];
      random.nextBytes(phrase);
      String passphrase = Bytes.wrap(phrase).toHex();
      ConfigFiles.writeSecret(folder.resolve("passphrase"), passphrase + "\n");
      try (Passphrase opened = Passphrase.of(passphrase)) {
        Path file = folder.resolve("member.key");
        drawn.add(new New(folder, KeyFile.create(file, opened, KeyFile.Cost.RANDOM, random)));
      }
      ConfigFiles.writeKey(folder.resolve("sender.key"), SecretKey.generate(random));
    }
    drawn.sort(Comparator.comparing(each -> each.keys().attestation().publicKey().evmAddress()));
    List<Genesis.NotaryMember> members = new ArrayList<>();
    for (int i = 0; i < MEMBERS; i++) {
      move(drawn.get(i).folder(), notary(i));
      MemberKeys keys = drawn.get(i).keys();
      made.put(i, keys);
      members.add(
          new Genesis.NotaryMember(
              keys.custody().publicKey().xOnly(), keys.attestation().publicKey()));
    }
    return members;
  }

  private static void move(Path from, Path to) {
    try {
      Files.move(from, to);
    } catch (IOException e) {
      throw new DevnetException("cannot move " + from, e);
    }
  }

  private static void makeFolder(Path folder) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new DevnetException("cannot create " + folder, e);
    }
  }
}
