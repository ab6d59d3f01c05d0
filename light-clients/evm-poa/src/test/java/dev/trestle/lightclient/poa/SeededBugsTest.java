package dev.trestle.lightclient.poa;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.lightclient.vectors.CaseResult;
import dev.trestle.lightclient.vectors.FileReport;
import dev.trestle.lightclient.vectors.VectorFile;
import dev.trestle.lightclient.vectors.VectorVerifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Negative control: BFT rules with one bug each; the vectors must notice every one of them. */
class SeededBugsTest {
  private static final Path VECTORS =
      Path.of("src", "test", "resources", "vectors", "evm-poa", "qbft", "headers.json");

  enum Bug {
    NONE,
    /** GoQuorum's own check: more than F seals. */
    ONE_THIRD_IS_ENOUGH,
    /** Seals are counted, not who made them. */
    SEALS_COUNT,
    /** Seals of strangers are left out instead of refused. */
    STRANGERS_ARE_SKIPPED,
    /** The header says who its validators are. */
    HEADER_NAMES_ITS_JUDGES,
    /** Seals are checked over the block hash, which has no round. */
    ROUND_IS_NOT_SEALED,
    /** Nobody asks who proposed. */
    PROPOSER_IS_NOT_ASKED
  }

  @ParameterizedTest
  @EnumSource
  void everyBugIsNoticed(Bug bug) throws IOException {
    PoaVectors format = new PoaVectors((header, dialect, set) -> check(bug, header, dialect, set));
    VectorFile file =
        new VectorFile(
            VECTORS.toString(), Bytes.wrap(Files.readAllBytes(VECTORS)), name -> Optional.empty());
    FileReport report = new VectorVerifier(List.of(format)).verify(file);
    assertThat(report).isInstanceOf(FileReport.Judged.class);
    List<CaseResult> results = ((FileReport.Judged) report).results();
    assertThat(results).hasSizeGreaterThan(30);
    assertThat(results.stream().allMatch(CaseResult::match)).isEqualTo(bug == Bug.NONE);
  }

  private static Verdict<BftRules.Sealed> check(
      Bug bug, PoaHeader header, BftExtraData.Dialect dialect, ValidatorSet inForce) {
    Verdict<BftRules.Sealed> right = BftRules.check(header, dialect, inForce);
    if (bug == Bug.NONE || (right.isAccepted() && bug != Bug.ROUND_IS_NOT_SEALED)) {
      return right;
    }
    Verdict<BftExtraData> decoded = BftExtraData.decode(header.extraData(), dialect);
    if (!(decoded instanceof Verdict.Accepted<BftExtraData>(BftExtraData extra))) {
      return right;
    }
    ValidatorSet judges =
        bug == Bug.HEADER_NAMES_ITS_JUDGES ? ValidatorSet.of(extra.validators()) : inForce;
    Hash32 digest =
        bug == Bug.ROUND_IS_NOT_SEALED
            ? BftRules.blockHash(header, dialect)
            : BftRules.commitHash(header, dialect);
    TreeSet<EvmAddress> sealers = new TreeSet<>();
    int counted = 0;
    for (Bytes seal : extra.seals()) {
      Optional<EvmAddress> signer =
          seal.size() == Seal.SIZE
              ? Seal.signer(seal, digest).filter(judges::contains)
              : Optional.empty();
      if (signer.isEmpty() && bug != Bug.STRANGERS_ARE_SKIPPED) {
        return Verdict.reject(PoaCode.SEAL_FROM_NON_VALIDATOR, "a stranger");
      }
      signer.ifPresent(sealers::add);
      counted += signer.isPresent() ? 1 : 0;
    }
    int enough = bug == Bug.ONE_THIRD_IS_ENOUGH ? (judges.size() - 1) / 3 + 1 : judges.quorum();
    boolean quorum = (bug == Bug.SEALS_COUNT ? counted : sealers.size()) >= enough;
    boolean proposed = bug == Bug.PROPOSER_IS_NOT_ASKED || judges.contains(header.beneficiary());
    return quorum && proposed && listedFits(bug, extra, inForce)
        ? Verdict.accept(
            new BftRules.Sealed(
                header, extra, BftRules.blockHash(header, dialect), new ValidatorSet(sealers)))
        : right;
  }

  private static boolean listedFits(Bug bug, BftExtraData extra, ValidatorSet inForce) {
    return bug == Bug.HEADER_NAMES_ITS_JUDGES
        || ValidatorSet.of(extra.validators()).equals(inForce);
  }
}
