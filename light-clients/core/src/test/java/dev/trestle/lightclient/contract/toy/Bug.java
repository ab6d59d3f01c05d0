package dev.trestle.lightclient.contract.toy;

/** Each bug of {@link ToyClient} and the test of the contract that must catch it. */
enum Bug {
  IGNORES_A_BIT("noSingleBitMutantIsAcceptedUnlessItMeansTheSame"),
  TAKES_TRAILING_BYTES("trailingAndMissingBytesAreRefused"),
  WORKS_BEFORE_IT_CHARGES("workIsChargedBeforeItIsDone"),
  CHARGES_NOTHING("workIsChargedBeforeItIsDone"),
  COPIES_BEFORE_IT_REFUSES("hugeInputsAndJunkAreRefusedAndNeverThrow"),
  THROWS_ON_JUNK("hugeInputsAndJunkAreRefusedAndNeverThrow"),
  ALLOCATES_WHAT_IS_ANNOUNCED("everyForgeryIsRefusedForItsReason"),
  ONE_SIGNATURE_IS_ENOUGH("oneSignatureShortIsNotEnough"),
  COUNTS_A_SIGNER_TWICE("everyForgeryIsRefusedForItsReason"),
  TAKES_ANY_VALUE("aProofOfOneFactProvesNoOther"),
  ABSENCE_BY_LABEL("absenceIsNotProvedByRelabelling"),
  PROGRESS_IS_MISBEHAVIOUR("honestProgressIsNoMisbehaviour"),
  FROZEN_CLIENT_VERIFIES("misbehaviourFreezesAndAFrozenClientVerifiesNothing"),
  NEVER_EXPIRES("trustRunsOutWhenItShould"),
  EXPIRES_TOO_EARLY("trustRunsOutWhenItShould"),
  EXPIRED_CLIENT_TAKES_EVIDENCE("trustRunsOutWhenItShould"),
  RECOVERS_A_WORKING_CLIENT("onlyAStoppedClientIsRecoveredAndOnlyByAHealthyOneOfTheSameChain"),
  RECOVERS_FROM_ANOTHER_CHAIN("onlyAStoppedClientIsRecoveredAndOnlyByAHealthyOneOfTheSameChain"),
  UPDATE_COUNTS_AGAIN("aRefusedUpdateChangesNothingAndAnUpdateCountsOnce"),
  STATE_DEPENDS_ON_LOCALE("theSameInputGivesTheSameStateOnEveryRunThreadAndLocale"),
  STATE_DEPENDS_ON_THE_RUN("theSameInputGivesTheSameStateOnEveryRunThreadAndLocale"),
  REFUSES_EVERYTHING("everyHonestInputIsAccepted");

  /** Name of the contract's test. */
  final String caughtBy;

  Bug(String caughtBy) {
    this.caughtBy = caughtBy;
  }
}
