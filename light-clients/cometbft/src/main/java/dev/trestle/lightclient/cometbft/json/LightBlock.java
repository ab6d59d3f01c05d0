package dev.trestle.lightclient.cometbft.json;

import dev.trestle.lightclient.cometbft.SignedHeader;
import dev.trestle.lightclient.cometbft.ValidatorSet;
import java.util.Optional;

/** A signed header with its validators and, where given, those of the next height. */
public record LightBlock(
    SignedHeader signedHeader, ValidatorSet validators, Optional<ValidatorSet> nextValidators) {}
