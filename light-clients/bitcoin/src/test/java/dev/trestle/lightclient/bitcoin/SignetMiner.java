package dev.trestle.lightclient.bitcoin;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.EcdsaSignature;
import dev.trestle.crypto.Secp256k1;
import dev.trestle.crypto.SecretKey;
import dev.trestle.lightclient.bitcoin.script.Opcode;
import dev.trestle.lightclient.bitcoin.script.OutputScript;
import dev.trestle.lightclient.bitcoin.script.ScriptBuilder;
import dev.trestle.lightclient.bitcoin.script.SigHash;
import dev.trestle.lightclient.bitcoin.tx.BitcoinTransaction;
import dev.trestle.lightclient.bitcoin.tx.OutPoint;
import dev.trestle.lightclient.bitcoin.tx.TxInput;
import dev.trestle.lightclient.bitcoin.tx.TxOutput;
import dev.trestle.lightclient.bitcoin.tx.WireWriter;
import java.math.BigInteger;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/** Makes blocks of a signet that hold a coinbase alone, and solves them (BIP-325). */
final class SignetMiner {
  private static final BigInteger ORDER =
      new BigInteger("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141", 16);

  /** Before anything else; the reserved value of the coinbase's witness is zero (BIP-141). */
  private static final Bytes COMMITMENT =
      Bytes.concat(
          Bytes.fromHex("6a24aa21a9ed"),
          Digests.sha256d(Hash32.ZERO.bytes(), Hash32.ZERO.bytes()).bytes());

  private final SignetChallenge challenge;

  SignetMiner(SignetChallenge challenge) {
    this.challenge = challenge;
  }

  static SecretKey key(String name) {
    return SecretKey.derive(Bytes.utf8("signet seed, never for value"), name);
  }

  /** {@code required} of keys, bare. */
  static Bytes multisig(int required, List<SecretKey> keys) {
    ScriptBuilder out = new ScriptBuilder().number(required);
    keys.forEach(key -> out.push(key.publicKey().compressed()));
    return out.number(keys.size()).op(Opcode.OP_CHECKMULTISIG).build();
  }

  /**
   * A block to be solved.
   *
   * @param value of the subsidy and the fees, satoshi
   */
  record Template(int height, Hash32 parent, long time, long bits, long value) {
    private BitcoinTransaction coinbase(Bytes commitment) {
      Bytes script = new ScriptBuilder().number(height).op(Opcode.OP_0).build();
      TxInput input =
          new TxInput(
              new OutPoint(Hash32.ZERO, OutPoint.NO_INDEX), script, 0xffff_ffffL, List.of());
      return new BitcoinTransaction(
          2,
          List.of(input),
          List.of(
              new TxOutput(value, OutputScript.p2wpkh(Bytes.wrap(new byte[20]))),
              new TxOutput(0, commitment)),
          0);
    }

    private SignetHeader header(Bytes commitment) {
      BitcoinTransaction coinbase = coinbase(commitment);
      return new SignetHeader(
          BlockHeader.of(0x2000_0000, parent, coinbase.txId(), time, bits, 0),
          coinbase.serializeStripped(),
          List.of());
    }
  }

  /** A signature script and a witness, as a solution holds them. */
  record Solution(Bytes script, List<Bytes> witness) {
    Bytes wire() {
      WireWriter out = new WireWriter().bytes(script).compactSize(witness.size());
      witness.forEach(out::bytes);
      return out.toBytes();
    }
  }

  /**
   * The block with a solution that is made of what is left to sign; it has no proof of work yet.
   */
  SignetHeader solve(Template template, Function<BitcoinTransaction, Solution> solver) {
    return withSolution(template, solver.apply(toSign(template)).wire());
  }

  BitcoinTransaction toSign(Template template) {
    return SignetTransactions.of(unsolved(template), challenge).orThrow().toSign();
  }

  /** The block with the header of a solution and nothing behind it. */
  static SignetHeader unsolved(Template template) {
    return template.header(
        Bytes.concat(
            COMMITMENT, new ScriptBuilder().push(SignetTransactions.SOLUTION_HEADER).build()));
  }

  static SignetHeader withSolution(Template template, Bytes solution) {
    Bytes pushed =
        new ScriptBuilder()
            .push(Bytes.concat(SignetTransactions.SOLUTION_HEADER, solution))
            .build();
    return template.header(Bytes.concat(COMMITMENT, pushed));
  }

  static SignetHeader withCommitment(Template template, Bytes behind) {
    return template.header(Bytes.concat(COMMITMENT, behind));
  }

  /** Of a bare multisig. */
  Solution bare(BitcoinTransaction toSign, List<SecretKey> signers) {
    ScriptBuilder script = new ScriptBuilder().op(Opcode.OP_0);
    Hash32 digest = SigHash.legacy(toSign, 0, challenge.script());
    signers.forEach(each -> script.push(signature(each, digest)));
    return new Solution(script.build(), List.of());
  }

  /** With hash type ALL. */
  static Bytes signature(SecretKey key, Hash32 digest) {
    EcdsaSignature signature = Secp256k1.instance().signEcdsa(digest, key);
    return Bytes.concat(Secp256k1.instance().toDer(signature), Bytes.fromHex("01"));
  }

  /** The same signature with the other s, over half of the order. */
  static Bytes highS(SecretKey key, Hash32 digest) {
    Bytes rs = Secp256k1.instance().signEcdsa(digest, key).rs();
    Bytes r = der(new BigInteger(1, rs.slice(0, 32).toArray()));
    Bytes s = der(ORDER.subtract(new BigInteger(1, rs.slice(32, 64).toArray())));
    return Bytes.concat(
        new WireWriter().u8(0x30).u8(r.size() + s.size()).toBytes(), r, s, Bytes.fromHex("01"));
  }

  private static Bytes der(BigInteger value) {
    return new WireWriter().u8(2).bytes(Bytes.wrap(value.toByteArray())).toBytes();
  }

  /** The first header from nonce 0 on that meets its target: some five million hashes. */
  static SignetHeader mine(SignetHeader block) {
    byte[] target = target(block.header().bits());
    byte[] raw = block.header().raw().toArray();
    try {
      MessageDigest half = MessageDigest.getInstance("SHA-256");
      half.update(raw, 0, 64);
      MessageDigest second = MessageDigest.getInstance("SHA-256");
      byte[] hash = new byte[32];
      for (long nonce = 0; nonce < 1L << 32; nonce++) {
        for (int i = 0; i < 4; i++) {
          raw[76 + i] = (byte) (nonce >>> (8 * i));
        }
        MessageDigest first = (MessageDigest) half.clone();
        first.update(raw, 64, 16);
        first.digest(hash, 0, 32);
        second.update(hash);
        second.digest(hash, 0, 32);
        if (hash[31] == 0 && hash[30] == 0 && isBelow(hash, target)) {
          return new SignetHeader(
              BlockHeader.of(Bytes.of(raw)), block.coinbase(), block.siblings());
        }
      }
    } catch (NoSuchAlgorithmException | CloneNotSupportedException | DigestException e) {
      throw new IllegalStateException(e);
    }
    throw new IllegalStateException("no nonce is enough");
  }

  /** Big-endian, 32 bytes. */
  private static byte[] target(long bits) {
    byte[] short32 = CompactTarget.decode(bits).orElseThrow().toByteArray();
    byte[] out = new byte[32];
    System.arraycopy(short32, 0, out, 32 - short32.length, short32.length);
    return out;
  }

  private static boolean isBelow(byte[] littleEndian, byte[] target) {
    byte[] bigEndian = Bytes.of(littleEndian).reverse().toArray();
    return Arrays.compareUnsigned(bigEndian, target) <= 0;
  }

  /** The whole block as a node takes it. */
  static Bytes block(SignetHeader solved) {
    BitcoinTransaction stripped = BitcoinTransaction.parse(solved.coinbase()).orThrow();
    BitcoinTransaction coinbase =
        stripped.withInputs(
            List.of(stripped.inputs().getFirst().withWitness(List.of(Hash32.ZERO.bytes()))));
    return Bytes.concat(solved.header().raw(), Bytes.fromHex("01"), coinbase.serialize());
  }
}
