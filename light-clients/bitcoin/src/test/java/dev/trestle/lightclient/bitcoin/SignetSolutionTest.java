package dev.trestle.lightclient.bitcoin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.SecretKey;
import dev.trestle.lightclient.RejectionCode;
import dev.trestle.lightclient.bitcoin.SignetMiner.Solution;
import dev.trestle.lightclient.bitcoin.SignetMiner.Template;
import dev.trestle.lightclient.bitcoin.script.Opcode;
import dev.trestle.lightclient.bitcoin.script.OutputScript;
import dev.trestle.lightclient.bitcoin.script.ScriptBuilder;
import dev.trestle.lightclient.bitcoin.script.SigHash;
import dev.trestle.lightclient.bitcoin.script.TaprootOutput;
import dev.trestle.lightclient.bitcoin.tx.BitcoinTransaction;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** BIP-325: blocks of the public signet, and of signets of our own with every form of challenge. */
class SignetSolutionTest {
  private static final long NOW = 1_700_000_000L;
  private static final Template TEMPLATE =
      new Template(1, BitcoinNetworks.BITCOIN_SIGNET.genesis().id(), NOW, 0x1e03_77aeL, 5_000);
  private static final List<SecretKey> KEYS =
      List.of(SignetMiner.key("a"), SignetMiner.key("b"), SignetMiner.key("c"));

  static List<FullBlock> realBlocks() {
    String text =
        new String(Vectors.file("signet/blocks-1-10.hex").toArray(), StandardCharsets.US_ASCII);
    return text.lines().map(line -> FullBlock.parse(Bytes.fromHex(line)).orThrow()).toList();
  }

  @Test
  void blocksOfThePublicSignetAreSolved() {
    List<BlockHeader> headers = Vectors.headerFile("bitcoin/headers/signet-000000-002015.bin");
    List<FullBlock> blocks = realBlocks();
    for (int i = 0; i < blocks.size(); i++) {
      assertThat(blocks.get(i).header()).isEqualTo(headers.get(i + 1));
      assertThat(code(SignetSolution.verify(blocks.get(i), SignetChallenge.PUBLIC)))
          .isEqualTo("accepted");
    }
    assertThat(SignetChallenge.PUBLIC.magic()).isEqualTo(Bytes.fromHex("0a03cf40"));
    Vectors.report("signet/blocks-1-10", blocks.size());
  }

  @Test
  void theSameBlocksDoNotSolveTwoOfTwo() {
    String twoOfTwo = "52" + SignetChallenge.PUBLIC.script().toHex().substring(2);
    SignetChallenge other = SignetChallenge.parse(Bytes.fromHex(twoOfTwo)).orThrow();
    realBlocks()
        .forEach(
            block ->
                assertThat(code(SignetSolution.verify(block, other)))
                    .isEqualTo("signet-bad-solution"));
  }

  @Test
  void everyBitOfWhatIsSignedCounts() {
    SignetHeader block = SignetHeader.of(realBlocks().getFirst());
    int refused = 0;
    Bytes raw = block.encode();
    for (int bit = 0; bit < raw.size() * 8; bit++) {
      byte[] changed = raw.toArray();
      changed[bit / 8] ^= (byte) (1 << bit % 8);
      boolean unsigned = bit / 8 >= 72 && bit / 8 < BlockHeader.SIZE; // target and nonce
      Verdict<?> verdict;
      try {
        SignetHeader mutant = SignetHeader.decode(Bytes.wrap(changed));
        // with the root of the changed coinbase, so that not the root alone refuses it
        Hash32 root = Digests.sha256d(mutant.coinbase());
        BlockHeader was = mutant.header();
        BlockHeader header =
            bit / 8 < BlockHeader.SIZE
                ? was
                : BlockHeader.of(
                    was.version(), was.previous(), root, was.time(), was.bits(), was.nonce());
        verdict =
            SignetSolution.verify(
                new SignetHeader(header, mutant.coinbase(), mutant.siblings()),
                SignetChallenge.PUBLIC);
      } catch (dev.trestle.base.DecodeException e) {
        verdict = Verdict.reject(RejectionCode.MALFORMED, "not decoded");
      }
      assertThat(verdict.isAccepted()).as("bit " + bit).isEqualTo(unsigned);
      refused += verdict.isAccepted() ? 0 : 1;
    }
    assertThat(refused).isEqualTo(raw.size() * 8 - 64);
  }

  @Test
  void challengesThatAreNotRunAreRefused() {
    Hash32 x = KEYS.getFirst().publicKey().xOnly();
    Bytes key = KEYS.getFirst().publicKey().compressed();
    List<Bytes> refused =
        List.of(
            Bytes.EMPTY,
            Bytes.fromHex("51"),
            OutputScript.p2tr(x),
            TaprootOutput.of(x, Optional.empty()).script(),
            OutputScript.p2pkh(Digests.hash160(key)),
            OutputScript.p2sh(Digests.hash160(key)),
            SignetMiner.multisig(2, KEYS.subList(0, 1)),
            new ScriptBuilder().push(key).push(key).op(Opcode.OP_CHECKMULTISIG).build(),
            new ScriptBuilder().push(Bytes.wrap(new byte[33])).op(Opcode.OP_CHECKSIG).build(),
            Bytes.concat(SignetMiner.multisig(1, KEYS), Bytes.fromHex("01")),
            Bytes.wrap(new byte[SignetChallenge.MAX_SIZE + 1]));
    refused.forEach(
        script ->
            assertThat(code(SignetChallenge.parse(script)))
                .as(script.toHex())
                .isEqualTo("signet-challenge-not-supported"));
  }

  @Test
  void bareMultisig() {
    Bytes script = SignetMiner.multisig(2, KEYS);
    SignetMiner miner = miner(script);
    SignetChallenge challenge = SignetChallenge.parse(script).orThrow();
    assertSolved(challenge, miner, signed -> miner.bare(signed, KEYS.subList(0, 2)));
    assertSolved(
        challenge, miner, signed -> miner.bare(signed, List.of(KEYS.getFirst(), KEYS.getLast())));
    String bad = "signet-bad-solution";
    assertRefused(bad, challenge, miner, signed -> miner.bare(signed, KEYS.subList(0, 1)));
    assertRefused(
        bad, challenge, miner, signed -> miner.bare(signed, List.of(KEYS.get(1), KEYS.get(0))));
    assertRefused(
        bad, challenge, miner, signed -> miner.bare(signed, List.of(KEYS.get(0), KEYS.get(0))));
    assertRefused(
        bad,
        challenge,
        miner,
        signed -> miner.bare(signed, List.of(KEYS.get(0), SignetMiner.key("stranger"))));
    assertRefused(
        bad,
        challenge,
        miner,
        signed ->
            new Solution(
                miner.bare(signed, KEYS.subList(0, 2)).script(), List.of(Bytes.fromHex("01"))));
  }

  /** What nodes take although no signer does it, and what they do not. */
  @Test
  void scriptsBeforeABareKey() {
    SecretKey key = KEYS.getFirst();
    Bytes script =
        new ScriptBuilder().push(key.publicKey().compressed()).op(Opcode.OP_CHECKSIG).build();
    SignetMiner miner = miner(script);
    SignetChallenge challenge = SignetChallenge.parse(script).orThrow();
    assertSolved(
        challenge, miner, signed -> bare(SignetMiner.signature(key, legacy(signed, script))));
    assertSolved(challenge, miner, signed -> bare(SignetMiner.highS(key, legacy(signed, script))));
    assertSolved(
        challenge,
        miner,
        signed ->
            new Solution(
                new ScriptBuilder()
                    .number(7)
                    .push(SignetMiner.signature(key, legacy(signed, script)))
                    .build(),
                List.of()));
    assertRefused(
        "signet-solution-not-supported",
        challenge,
        miner,
        signed ->
            new Solution(
                Bytes.concat(
                    Bytes.fromHex("5175"), // 1 DROP
                    bare(SignetMiner.signature(key, legacy(signed, script))).script()),
                List.of()));
    assertRefused(
        "signet-solution-not-supported",
        challenge,
        miner,
        signed -> {
          byte[] none = SignetMiner.signature(key, legacy(signed, script)).toArray();
          none[none.length - 1] = 2;
          return bare(Bytes.wrap(none));
        });
    assertRefused(
        "signet-bad-solution",
        challenge,
        miner,
        signed -> {
          Bytes signature = SignetMiner.signature(key, legacy(signed, script));
          return bare(lax(signature));
        });
    assertRefused("signet-bad-solution", challenge, miner, signed -> bare(Bytes.EMPTY));
    assertRefused(
        "signet-bad-solution",
        challenge,
        miner,
        signed -> new Solution(Bytes.fromHex("4c"), List.of()));
  }

  /** The same numbers with a zero too many in front of r: BER, not DER (BIP-66). */
  private static Bytes lax(Bytes signature) {
    return Bytes.concat(
        Bytes.wrap(
            new byte[] {0x30, (byte) (signature.at(1) + 1), 2, (byte) (signature.at(3) + 1)}),
        Bytes.fromHex("00"),
        signature.slice(4, signature.size()));
  }

  @Test
  void witnessPrograms() {
    SecretKey key = KEYS.getFirst();
    Bytes publicKey = key.publicKey().compressed();
    Bytes keyHash = Digests.hash160(publicKey);
    Bytes p2wpkh = OutputScript.p2wpkh(keyHash);
    SignetChallenge byKey = SignetChallenge.parse(p2wpkh).orThrow();
    SignetMiner miner = miner(p2wpkh);
    Bytes code = OutputScript.p2pkh(keyHash);
    assertSolved(
        byKey,
        miner,
        signed ->
            new Solution(
                Bytes.EMPTY, List.of(SignetMiner.signature(key, v0(signed, code)), publicKey)));
    assertRefused(
        "signet-bad-solution",
        byKey,
        miner,
        signed ->
            new Solution(
                Bytes.EMPTY,
                List.of(
                    SignetMiner.signature(KEYS.get(1), v0(signed, code)),
                    KEYS.get(1).publicKey().compressed())));
    assertRefused(
        "signet-bad-solution",
        byKey,
        miner,
        signed ->
            new Solution(
                Bytes.fromHex("51"),
                List.of(SignetMiner.signature(key, v0(signed, code)), publicKey)));

    Bytes inner = SignetMiner.multisig(1, KEYS);
    SignetChallenge byScript = SignetChallenge.parse(OutputScript.p2wsh(inner)).orThrow();
    SignetMiner other = miner(OutputScript.p2wsh(inner));
    assertSolved(
        byScript,
        other,
        signed ->
            new Solution(
                Bytes.EMPTY,
                List.of(
                    Bytes.EMPTY, SignetMiner.signature(KEYS.getLast(), v0(signed, inner)), inner)));
    assertRefused(
        "signet-bad-solution",
        byScript,
        other,
        signed ->
            new Solution(
                Bytes.EMPTY,
                List.of(
                    Bytes.fromHex("01"),
                    SignetMiner.signature(KEYS.getLast(), v0(signed, inner)),
                    inner)));
    Bytes everyone = Bytes.fromHex("51");
    SignetChallenge open = SignetChallenge.parse(OutputScript.p2wsh(everyone)).orThrow();
    assertRefused(
        "signet-solution-not-supported",
        open,
        miner(OutputScript.p2wsh(everyone)),
        signed -> new Solution(Bytes.EMPTY, List.of(everyone)));
  }

  @Test
  void whatIsNoSolution() {
    Bytes script = SignetMiner.multisig(1, KEYS);
    SignetChallenge challenge = SignetChallenge.parse(script).orThrow();
    assertThat(code(SignetSolution.verify(SignetMiner.unsolved(TEMPLATE), challenge)))
        .isEqualTo("signet-no-solution");
    for (String wire : List.of("00", "0001", "000000", "fd0000" + "00", "05aabb")) {
      SignetHeader block = SignetMiner.withSolution(TEMPLATE, Bytes.fromHex(wire));
      assertThat(code(SignetSolution.verify(block, challenge)))
          .as(wire)
          .isEqualTo("signet-malformed-solution");
    }
    SignetHeader solved = SignetMiner.unsolved(TEMPLATE);
    BitcoinTransaction coinbase = BitcoinTransaction.parse(solved.coinbase()).orThrow();
    BitcoinTransaction uncommitted =
        new BitcoinTransaction(2, coinbase.inputs(), coinbase.outputs().subList(0, 1), 0);
    assertThat(code(SignetSolution.verify(of(uncommitted), challenge)))
        .isEqualTo("signet-no-witness-commitment");
    assertThat(code(SignetSolution.verify(realBlocks().getFirst(), challenge)))
        .isEqualTo("signet-bad-solution");
  }

  private static SignetHeader of(BitcoinTransaction coinbase) {
    return new SignetHeader(
        BlockHeader.of(1, Hash32.ZERO, coinbase.txId(), NOW, 0x1e03_77aeL, 0),
        coinbase.serializeStripped(),
        List.of());
  }

  private static SignetMiner miner(Bytes script) {
    return new SignetMiner(SignetChallenge.parse(script).orThrow());
  }

  private static Hash32 legacy(BitcoinTransaction toSign, Bytes script) {
    return SigHash.legacy(toSign, 0, script);
  }

  private static Hash32 v0(BitcoinTransaction toSign, Bytes script) {
    return SigHash.witnessV0(toSign, 0, script, 0);
  }

  private static Solution bare(Bytes signature) {
    return new Solution(new ScriptBuilder().push(signature).build(), List.of());
  }

  private static void assertSolved(
      SignetChallenge challenge,
      SignetMiner miner,
      java.util.function.Function<BitcoinTransaction, Solution> solver) {
    SignetHeader block = miner.solve(TEMPLATE, solver);
    assertThat(code(SignetSolution.verify(block, challenge))).isEqualTo("accepted");
    // the same solution for another block
    Template later = new Template(1, TEMPLATE.parent(), NOW + 1, TEMPLATE.bits(), TEMPLATE.value());
    Bytes wire = solver.apply(miner.toSign(TEMPLATE)).wire();
    assertThat(code(SignetSolution.verify(SignetMiner.withSolution(later, wire), challenge)))
        .isEqualTo("signet-bad-solution");
  }

  private static void assertRefused(
      String code,
      SignetChallenge challenge,
      SignetMiner miner,
      java.util.function.Function<BitcoinTransaction, Solution> solver) {
    assertThat(code(SignetSolution.verify(miner.solve(TEMPLATE, solver), challenge)))
        .isEqualTo(code);
  }

  private static String code(Verdict<?> verdict) {
    return TestClient.code(verdict);
  }
}
