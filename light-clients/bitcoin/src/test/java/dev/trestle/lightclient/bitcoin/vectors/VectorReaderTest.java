package dev.trestle.lightclient.bitcoin.vectors;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Bytes;
import dev.trestle.lightclient.bitcoin.BitcoinNetworks;
import dev.trestle.lightclient.bitcoin.HeaderCheckpoints;
import dev.trestle.lightclient.bitcoin.Vectors;
import dev.trestle.lightclient.vectors.CaseResult;
import dev.trestle.lightclient.vectors.FileReport;
import dev.trestle.lightclient.vectors.VectorFile;
import dev.trestle.lightclient.vectors.VectorVerifier;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The reader notices what is wrong in a file: a changed byte, a swapped verdict, another format.
 */
class VectorReaderTest {
  private static final VectorVerifier VERIFIER = new VectorVerifier(List.of(new BitcoinVectors()));

  private static FileReport report(String path, Bytes content) {
    return VERIFIER.verify(new VectorFile(path, content, name -> Optional.empty()));
  }

  private static List<CaseResult> judge(String path, Bytes content) {
    return report(path, content) instanceof FileReport.Judged(List<CaseResult> results)
        ? results
        : List.of();
  }

  private static boolean allMatch(String path, Bytes content) {
    List<CaseResult> results = judge(path, content);
    return !results.isEmpty() && results.stream().allMatch(CaseResult::match);
  }

  /** A file is recognised without its folder, and one wrong part in it is found. */
  @ParameterizedTest
  @CsvSource({
    "bitcoin/rules/bip94.json, '\"valid\": true', '\"valid\": false'",
    "bitcoin/rules/mainnet.json, high-hash, bad-prev",
    "bitcoin/rules/fork-choice.json, '\"best\": \"B\"', '\"best\": \"A\"'",
    "bitcoin/retarget/compact-bits.json, '\"negative\": true', '\"negative\": false'",
    "bitcoin/retarget/retarget-mainnet.json, 18045174, 18045175",
    "bitcoin/checkpoints/mainnet-chainwork.json, 7e107e107e1, 7e107e107e2",
    "bitcoin/headers/tbtc-headersWithRetarget.json, '\"height\": 554390', '\"height\": 554391'",
    "bitcoin/headers/testnet4-genesis-and-2012-2015.json, 1c3fffc0, 1c3fffc1",
    "bitcoin/spv/merkle-proofs.json, '\"index\": 1,', '\"index\": 2,'",
    "bitcoin/spv/bitcoin-spv-testVectors.json, 1231731025, 1231731026",
    "bitcoin/bip54/txsize.json, '\"valid\": true', '\"valid\": false'",
    "bitcoin/bip158/testnet-19.json, 019dfca8, 019dfca9",
    "litecoin/regtest/bip158.json, 0960e99f27e0a8217d92, 0960e99f27e0a8217d93",
    "litecoin/regtest/chain.json, '\"mediantime\": 1296688602', '\"mediantime\": 1296688603'",
    "litecoin/regtest/submitheader-oracle.json, time-too-old, high-hash",
    "litecoin/regtest/merkleblocks.json, '\"valid\": true', '\"valid\": false'",
    "litecoin/retarget/mainnet-history.json, 1e03ffff, 1e03fffe",
    "litecoin/pow/scrypt-headers.json, '\"pow_ok\": true', '\"pow_ok\": false'",
  })
  void aWrongPartIsFound(String path, String from, String to) {
    Bytes content = Vectors.file(path);
    String name = path.substring(path.lastIndexOf('/') + 1);
    assertThat(allMatch(name, content)).as("without its folder").isTrue();
    String text = new String(content.toArray(), StandardCharsets.UTF_8);
    assertThat(text).contains(from);
    assertThat(allMatch(path, Bytes.utf8(text.replace(from, to)))).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "bitcoin/headers/mainnet-000000-010236.bin, 500000",
    "bitcoin/headers/mainnet-300000-300499.bin, 20000",
    "bitcoin/headers/signet-000000-002015.bin, 161270",
    "bitcoin/blocks/mainnet-169482.dat, 10000",
    "litecoin/headers/testnet4-1-300-and-forks.hex, 20001",
  })
  void aWrongByteIsFound(String path, int at) {
    Bytes content = Vectors.file(path);
    assertThat(allMatch(path, content)).isTrue();
    byte[] changed = content.toArray();
    changed[at] = (byte) (changed[at] == '0' ? '1' : '0');
    assertThat(allMatch(path, Bytes.wrap(changed))).isFalse();
    assertThat(allMatch(path, content.slice(0, content.size() - 3))).isFalse();
  }

  @Test
  void aRunBehindAllCheckpointsIsStillChecked() {
    Bytes run = Vectors.file("bitcoin/headers/mainnet-300000-300499.bin");
    // As if nothing were known about this height: the retarget is bounded, the rest is checked.
    String path = "bitcoin/headers/mainnet-900384-900883.bin";
    byte[] changed = run.toArray();
    changed[450 * 80 + 70] ^= 1;
    assertThat(allMatch(path, Bytes.wrap(changed))).isFalse();
  }

  /** Chains that begin at the main network's genesis and are not its own, past the first period. */
  @Test
  void chainsOfBip54AreJudgedByTheRulesAndNotByCheckpoints() {
    assertThat(HeaderCheckpoints.of(BitcoinNetworks.BITCOIN_MAINNET)).isPresent();
    assertThat(HeaderCheckpoints.of(Bip54Timestamps.NETWORK)).isEmpty();
    Bytes real = Vectors.file("bitcoin/headers/mainnet-000000-010236.bin");
    StringBuilder chain = new StringBuilder();
    for (int at = 0; at < 2_020; at++) {
      chain
          .append(at == 0 ? "\"" : ",\"")
          .append(real.slice(80 * at, 80 * at + 80).toHex())
          .append('"');
    }
    for (boolean valid : new boolean[] {true, false}) {
      String json =
          "[{\"header_chain\":[" + chain + "],\"valid\":" + valid + ",\"comment\":\"real\"}]";
      assertThat(allMatch("timestamps.json", Bytes.utf8(json))).isEqualTo(valid);
    }
  }

  @Test
  void filesOfOurFoldersThatNobodyReadsAreMismatches() {
    for (String path : List.of("litecoin/x.json", "bitcoin/a/b.txt", "x/bitcoin/y.bin")) {
      assertThat(judge(path, Bytes.utf8("{}"))).as(path).isNotEmpty().noneMatch(CaseResult::match);
    }
    assertThat(report("elsewhere/x.json", Bytes.utf8("{}"))).isInstanceOf(FileReport.Unknown.class);
  }
}
