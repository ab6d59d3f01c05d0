package dev.trestle.adapter.ethereum;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * The negative control of the invariants: copies of the contract, each with one bug, and every bug
 * is caught.
 */
class HtlcMutantsIT {
  private static final long SECONDS = 400;
  private static final Path SOURCES = Tools.MODULE.resolve("src/main/solidity");
  private static final Path MUTANTS = Tools.MODULE.resolve("target/mutants");
  private static final List<String> FILES =
      List.of("HtlcBase", "HtlcBatches", "HtlcDeposits", "TrestleHtlc");

  /**
   * One bug.
   *
   * @param right what stands once in {@code file}
   * @param wrong what takes its place
   */
  private record Mutant(String name, String file, String right, String wrong) {}

  private static final List<Mutant> ALL =
      List.of(
          new Mutant(
              "ClaimsTwice",
              "TrestleHtlc",
              "        status[id] = CLAIMED;\n        emit Claimed(id, terms.hash, preimage);",
              "        emit Claimed(id, terms.hash, preimage);"),
          new Mutant(
              "RefundsEarly",
              "TrestleHtlc",
              "        if (block.timestamp < terms.expiry) revert NotExpired(terms.expiry);\n",
              ""),
          new Mutant(
              "KeepsTheRest",
              "HtlcBatches",
              "        else if (msg.value != sum) _pay(address(0), msg.sender, msg.value - sum);\n",
              ""),
          new Mutant(
              "LosesRefusedClaims",
              "HtlcBatches",
              "        if (paid != open) batches[batchId] = word ^ (paid * (LOCKED ^ CLAIMED));\n",
              ""),
          new Mutant(
              "RefundsClaimedLeaves",
              "HtlcBatches",
              "            if (word >> (2 * i) & 3 != LOCKED) continue;\n",
              "            if (word >> (2 * i) & 3 == REFUNDED) continue;\n"),
          new Mutant(
              "TakesAnySignature",
              "HtlcBase",
              " || recovered == address(0) || recovered != signer",
              " || recovered == address(0)"),
          new Mutant(
              "BelievesTokens",
              "HtlcBase",
              "        if (received != amount) revert WrongAmountReceived(received, amount);\n",
              ""),
          new Mutant(
              "ForgetsTheExpiryOfBatches",
              "HtlcBatches",
              "        if (block.timestamp >= batch.expiry) revert Expired(batch.expiry);\n",
              ""));

  @Test
  void theInvariantsCatchEverySeededBug() throws Exception {
    for (Mutant mutant : ALL) {
      write(mutant);
    }
    Tools.Outcome outcome =
        Tools.run(
            List.of(Tools.fromEnvironment("FORGE").toString(), "test"),
            Map.of(
                "SOLC_JS",
                Tools.fromEnvironment("SOLC_JS").toString(),
                "FOUNDRY_PROFILE",
                "mutants",
                "NO_COLOR",
                "1"),
            SECONDS);
    assertThat(outcome.exitCode()).as(outcome.output()).isNotZero();
    for (Mutant mutant : ALL) {
      assertThat(outcome.output())
          .as("an invariant fails for %s:%n%s", mutant.name(), outcome.output())
          .containsPattern(result(mutant.name() + "Test", "FAILED"));
    }
    // the same for the contract as it is: what fails is the bug
    assertThat(outcome.output()).containsPattern(result("HtlcInvariantTest", "ok"));
  }

  private static String result(String suite, String result) {
    return ":" + suite + "\n(?:(?!Suite result).*\n)*Suite result: " + result;
  }

  private static void write(Mutant mutant) throws IOException {
    Path folder = MUTANTS.resolve(mutant.name());
    Files.createDirectories(folder);
    for (String file : FILES) {
      String source = Files.readString(SOURCES.resolve(file + ".sol"));
      if (file.equals(mutant.file())) {
        int at = source.indexOf(mutant.right());
        assertThat(at).as("%s stands in %s", mutant.right(), file).isNotNegative();
        assertThat(source.indexOf(mutant.right(), at + 1))
            .as("once in %s: %s", file, mutant.right())
            .isNegative();
        source = source.replace(mutant.right(), mutant.wrong());
      }
      Files.writeString(folder.resolve(file + ".sol"), source);
    }
    Files.writeString(
        MUTANTS.resolve(mutant.name() + ".t.sol"),
        """
        // SPDX-License-Identifier: Apache-2.0
        pragma solidity 0.8.37;

        import {TrestleHtlc} from "../../src/main/solidity/TrestleHtlc.sol";
        import {TrestleHtlc as Mutant} from "./NAME/TrestleHtlc.sol";
        import {HtlcInvariantTest} from "../../src/test/solidity/HtlcInvariant.t.sol";

        contract NAMETest is HtlcInvariantTest {
            function makeHtlc() internal override returns (TrestleHtlc) {
                return TrestleHtlc(address(new Mutant()));
            }
        }
        """
            .replace("NAME", mutant.name()));
  }
}
