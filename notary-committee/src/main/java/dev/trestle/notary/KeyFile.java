package dev.trestle.notary;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.base.TrestleException;
import dev.trestle.crypto.PublicKey;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Set;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;

/**
 * A member's seed, encrypted: Argon2id (RFC 9106) over the passphrase, then AES-256-GCM. Everything
 * in front of the ciphertext is authenticated with it.
 *
 * <p>Bytes: {@code "TNKF" | u8 version = 1 | u32 KiB of memory | u8 passes | u8 lanes | 16 salt |
 * 12 nonce | 32 x-only custody key | 33 attestation key | 48 ciphertext and tag}.
 */
public final class KeyFile {
  private static final Bytes MAGIC = Bytes.utf8("TNKF");
  private static final int VERSION = 1;

  /** Bytes of a passphrase from which a file may spare the cost: 128 bits in hexadecimal. */
  private static final int RANDOM_PASSPHRASE = 32;

  private static final int MAX_MEMORY_KIB = 1_048_576;
  private static final int MAX_PASSES = 16;
  private static final int MAX_LANES = 16;
  private static final int SALT = 16;
  private static final int NONCE = 12;
  private static final int TAG_BITS = 128;
  private static final int KEY = 32;
  private static final int CIPHERTEXT = MemberKeys.SEED_SIZE + TAG_BITS / 8;
  private static final long MAX_SIZE = 1_024;

  /**
   * What a guess of the passphrase costs: Argon2id's memory and passes. It is in the file, and the
   * key depends on it: a file whose cost was changed does not open.
   *
   * @param memoryKib KiB
   * @param passes over that memory
   * @param lanes computed side by side
   */
  public record Cost(int memoryKib, int passes, int lanes) {
    /** For passphrases that people choose: RFC 9106's second choice with one lane, 64 MiB. */
    public static final Cost CHOSEN = new Cost(65_536, 3, 1);

    /**
     * For passphrases of at least 128 random bits, which no number of guesses finds: 1 MiB. Refused
     * with a passphrase of fewer than 32 bytes.
     */
    public static final Cost RANDOM = new Cost(1_024, 1, 1);
  }

  /** What anybody with the file may know. */
  public record Identity(Hash32 custody, PublicKey attestation) {}

  private record Content(Bytes header, Cost cost, Bytes salt, Bytes nonce, Identity identity) {}

  private record Parsed(Content content, Bytes ciphertext) {}

  private KeyFile() {}

  /**
   * Draws a new seed and stores it. The file appears with owner-only permissions and is durable
   * when this returns.
   *
   * @throws TrestleException if the file exists or cannot be written
   */
  public static Identity create(Path file, Passphrase passphrase, SecureRandom random) {
    try (MemberKeys keys = create(file, passphrase, Cost.CHOSEN, random)) {
      return identity(keys);
    }
  }

  /**
   * As above, for a passphrase of which the caller knows the strength, and who signs at once.
   *
   * @throws TrestleException if the file exists or cannot be written
   */
  public static MemberKeys create(
      Path file, Passphrase passphrase, Cost cost, SecureRandom random) {
    byte[] seed = new byte[MemberKeys.SEED_SIZE];
    random.nextBytes(seed);
    MemberKeys keys = MemberKeys.fromSeed(Bytes.of(seed));
    try {
      byte[] salt = new byte[SALT];
      byte[] nonce = new byte[NONCE];
      random.nextBytes(salt);
      random.nextBytes(nonce);
      Content content = content(cost, Bytes.of(salt), Bytes.of(nonce), identity(keys));
      Bytes sealed = crypt(Cipher.ENCRYPT_MODE, content, passphrase, seed);
      write(file, Bytes.concat(content.header(), sealed));
      return keys;
    } catch (AEADBadTagException e) {
      throw new IllegalStateException("encryption does not check tags", e);
    } catch (TrestleException e) {
      keys.close();
      throw e;
    } finally {
      Arrays.fill(seed, (byte) 0);
    }
  }

  /**
   * @throws TrestleException if the file is missing, open to others, malformed, changed, or the
   *     passphrase is wrong
   */
  public static MemberKeys open(Path file, Passphrase passphrase) {
    Parsed parsed = read(file);
    byte[] seed;
    try {
      seed =
          crypt(Cipher.DECRYPT_MODE, parsed.content(), passphrase, parsed.ciphertext().toArray())
              .toArray();
    } catch (AEADBadTagException e) {
      throw new TrestleException(
          NotaryCode.WRONG_PASSPHRASE, "wrong passphrase, or the file was changed", e);
    }
    MemberKeys keys = MemberKeys.fromSeed(Bytes.of(seed));
    Arrays.fill(seed, (byte) 0);
    if (!identity(keys).equals(parsed.content().identity())) {
      keys.close();
      throw new TrestleException(NotaryCode.KEY_FILE_MALFORMED, "keys of another seed");
    }
    return keys;
  }

  /** The public keys, without the passphrase; not authenticated. */
  public static Identity identity(Path file) {
    return read(file).content().identity();
  }

  private static Identity identity(MemberKeys keys) {
    return new Identity(keys.custody().publicKey().xOnly(), keys.attestation().publicKey());
  }

  private static Content content(Cost cost, Bytes salt, Bytes nonce, Identity identity) {
    CanonicalWriter out = new CanonicalWriter().fixed(MAGIC).u8(VERSION);
    out.u32(cost.memoryKib()).u8(cost.passes()).u8(cost.lanes()).fixed(salt).fixed(nonce);
    out.hash(identity.custody()).fixed(identity.attestation().compressed());
    return new Content(out.toBytes(), cost, salt, nonce, identity);
  }

  private static Parsed read(Path file) {
    try {
      PrivateFiles.check(file);
      if (Files.size(file) > MAX_SIZE) {
        throw new DecodeException("a key file of " + Files.size(file) + " bytes");
      }
      return CanonicalReader.decode(Bytes.wrap(Files.readAllBytes(file)), KeyFile::parse);
    } catch (DecodeException e) {
      throw new TrestleException(NotaryCode.KEY_FILE_MALFORMED, String.valueOf(e.getMessage()), e);
    } catch (IOException e) {
      throw new TrestleException(NotaryCode.STORAGE, "cannot read the key file", e);
    }
  }

  private static Parsed parse(CanonicalReader in) {
    if (!in.fixed(MAGIC.size()).equals(MAGIC) || in.u8() != VERSION) {
      throw new DecodeException("not a key file of version " + VERSION);
    }
    long memory = in.u32();
    int passes = in.u8();
    int lanes = in.u8();
    // Bounded before the work is done: a changed file must not take the machine's memory.
    if ((memory < Cost.CHOSEN.memoryKib() && memory != Cost.RANDOM.memoryKib())
        || memory > MAX_MEMORY_KIB
        || passes < 1
        || passes > MAX_PASSES
        || lanes < 1
        || lanes > MAX_LANES) {
      throw new DecodeException("key derivation costs out of range");
    }
    Bytes salt = in.fixed(SALT);
    Bytes nonce = in.fixed(NONCE);
    Identity identity = new Identity(in.hash(), new PublicKey(in.fixed(PublicKey.SIZE)));
    Content content = content(new Cost((int) memory, passes, lanes), salt, nonce, identity);
    return new Parsed(content, in.fixed(CIPHERTEXT));
  }

  private static Bytes crypt(int mode, Content content, Passphrase passphrase, byte[] input)
      throws AEADBadTagException {
    if (content.cost().memoryKib() < Cost.CHOSEN.memoryKib()
        && passphrase.utf8().length < RANDOM_PASSPHRASE) {
      throw new TrestleException(
          NotaryCode.KEY_FILE_MALFORMED, "key derivation too cheap for this passphrase");
    }
    byte[] key = stretch(content, passphrase);
    try {
      Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
      cipher.init(
          mode,
          new SecretKeySpec(key, "AES"),
          new GCMParameterSpec(TAG_BITS, content.nonce().toArray()));
      cipher.updateAAD(content.header().toArray());
      return Bytes.wrap(cipher.doFinal(input));
    } catch (AEADBadTagException e) {
      throw e;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has AES-GCM", e);
    } finally {
      Arrays.fill(key, (byte) 0);
    }
  }

  /** One at a time: members of one process would else take this memory all at once. */
  private static synchronized byte[] stretch(Content content, Passphrase passphrase) {
    Argon2BytesGenerator argon = new Argon2BytesGenerator();
    argon.init(
        new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
            .withVersion(Argon2Parameters.ARGON2_VERSION_13)
            .withMemoryAsKB(content.cost().memoryKib())
            .withIterations(content.cost().passes())
            .withParallelism(content.cost().lanes())
            .withSalt(content.salt().toArray())
            .build());
    byte[] key = new byte[KEY];
    argon.generateBytes(passphrase.utf8(), key);
    return key;
  }

  private static void write(Path file, Bytes content) {
    try (FileChannel channel =
        FileChannel.open(
            file,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            PrivateFiles.ATTRIBUTE)) {
      ByteBuffer buffer = ByteBuffer.wrap(content.toArray());
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
      channel.force(true);
      PrivateFiles.syncFolder(PrivateFiles.folderOf(file));
    } catch (FileAlreadyExistsException e) {
      throw new TrestleException(NotaryCode.KEY_FILE_EXISTS, "a key is never overwritten", e);
    } catch (IOException e) {
      throw new TrestleException(NotaryCode.STORAGE, "cannot write the key file", e);
    }
  }
}
