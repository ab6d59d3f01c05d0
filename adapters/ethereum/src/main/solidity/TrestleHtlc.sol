// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {HtlcBase, IERC20Permit} from "./HtlcBase.sol";
import {HtlcBatches} from "./HtlcBatches.sol";
import {HtlcDeposits} from "./HtlcDeposits.sol";

/// @title Hash-time-locks for the native coin and for ERC-20 tokens
/// @notice A lock pays its claimer against the preimage of its hash before the expiry, and its refunder from the expiry on:
///   at no moment are both possible, and at none neither. Who sends the transaction is of no matter. The claimer alone can have
///   its payment sent elsewhere, pay a sponsor from it, or give the lock back early. No owner, no fee, no upgrade.
///   docs/htlc-contract.md says which function suits whom; formats: relay-chain/docs/wire-format.md.
/// @dev The terms live in calldata; storage holds one word a lock, or one for up to 128. Tokens that take a fee on transfer are
///   refused. For a token that changes balances by itself the locks of that token, and only those, share the gain or the loss.
contract TrestleHtlc is HtlcBatches, HtlcDeposits {
    bytes32 private constant CLAIM_TYPE =
        keccak256("Claim(bytes32 key,address to,uint256 fee,address sponsor,uint256 deadline)");
    bytes32 private constant REFUND_TYPE = keccak256("CooperativeRefund(bytes32 key)");

    enum Kind {
        OWN,
        BATCH,
        DEPOSIT
    }

    /// @notice Where a lock is kept. For OWN and DEPOSIT the rest is not read.
    /// @param count locks of the batch
    /// @param siblings from the leaf up
    struct Place {
        Kind kind;
        uint256 count;
        uint256 index;
        bytes32[] siblings;
    }

    /// @notice What a claimer signs (EIP-712 `Claim`).
    /// @param to is paid amount - fee
    /// @param fee is paid to whoever sends it; at most half of the amount
    /// @param sponsor who alone may send it; zero for anyone
    /// @param deadline last second of block.timestamp
    struct Sponsorship {
        address to;
        uint256 fee;
        address sponsor;
        uint256 deadline;
        bytes32 r;
        bytes32 vs;
    }

    /// @notice A lock made by `lockCoin` or `lockCoinFor`; `claimer << 96 | amount`, `refunder << 96 | expiry`.
    event LockedCoin(bytes32 indexed lockId, bytes32 indexed hash, uint256 claimerAmount, uint256 refunderExpiry);

    /// @notice Locks the native coin that is sent along, or `amount` of `token` that the caller has approved. Anyone may call, and
    ///   pays. Reverts with WrongValue unless exactly the amount is sent (nothing for a token), BadTerms for a zero hash or amount
    ///   or a party that cannot be paid (zero, this contract, the token), BadExpiry unless it is in the future by at most 30 days,
    ///   AlreadyUsed when there ever was this lock, NoToken, TokenRefused, and WrongAmountReceived when the token does not bring
    ///   exactly the amount.
    function lock(bytes32 hash, address token, uint256 amount, address claimer, address refunder, uint64 expiry)
        external
        payable
        once
    {
        uint256 needed = token == address(0) ? amount : 0;
        if (msg.value != needed) revert WrongValue(msg.value, needed);
        _lock(Terms(hash, token, amount, claimer, refunder, expiry));
    }

    /// @notice As `lock`, with an allowance that the caller has signed (EIP-2612) and this transaction brings. A permit that fails,
    ///   because someone else has already sent it, is no failure if the allowance is there. Only the caller's own permit
    ///   is of use: tokens are pulled from the caller alone.
    function lockWithPermit(Terms calldata terms, uint256 deadline, uint8 v, bytes32 r, bytes32 s) external once {
        address token = terms.token;
        if (token == address(0)) revert NoToken(token);
        bytes memory permit =
            abi.encodeCall(IERC20Permit.permit, (msg.sender, address(this), terms.amount, deadline, v, r, s));
        assembly ("memory-safe") {
            // neither success nor an answer says anything: some tokens take any call and do nothing
            pop(call(gas(), token, 0, add(permit, 32), mload(permit), 0, 0))
        }
        _lock(terms);
    }

    /// @notice Locks the native coin that is sent along, at most 2^96 - 1, for less gas than `lock`; the caller is the refunder.
    ///   The same lock and the same reverts.
    /// @param claimerExpiry `claimer << 96 | expiry`
    function lockCoin(bytes32 hash, uint256 claimerExpiry) external payable {
        _lockCoin(hash, claimerExpiry, msg.sender);
    }

    /// @notice As `lockCoin`, for any refunder.
    function lockCoinFor(bytes32 hash, uint256 claimerExpiry, address refunder) external payable {
        _lockCoin(hash, claimerExpiry, refunder);
    }

    /// @notice Pays the claimer; anyone may send it, and `preimage` is public from then on. Reverts with NotLocked unless there is
    ///   an open lock of exactly these terms and sha256(preimage), with Expired from the expiry on, and with PaymentFailed or
    ///   TokenRefused when the claimer or the token refuses: the lock is open as before, and `claimFor` can pay elsewhere.
    function claim(
        bytes32 preimage,
        address token,
        uint256 amount,
        address claimer,
        address refunder,
        uint64 expiry
    ) external once {
        Terms memory terms = Terms(_sha256(preimage), token, amount, claimer, refunder, expiry);
        bytes32 id = _id(terms);
        if (block.timestamp >= expiry) revert Expired(expiry);
        if (status[id] != LOCKED) revert NotLocked(id);
        status[id] = CLAIMED;
        emit Claimed(id, terms.hash, preimage);
        _pay(token, claimer, amount);
    }

    /// @notice Claims many locks of their own; anyone may send it. One that is not open, has expired or is refused by its claimer
    ///   or token stays as it is (ClaimSkipped). `items[i].hash` is not read. Reverts with BadBatch for lists that do not fit, and
    ///   with NotEnoughGas before it would skip one for want of gas.
    function claimBatch(bytes32[] calldata preimages, Terms[] calldata items) external once {
        if (items.length == 0 || items.length > MAX_BATCH || items.length != preimages.length) revert BadBatch();
        for (uint256 i = 0; i < items.length; i++) {
            Terms memory terms = items[i];
            terms.hash = _sha256(preimages[i]);
            bytes32 id = _id(terms);
            if (status[id] == LOCKED && block.timestamp < terms.expiry) {
                status[id] = CLAIMED;
                if (_tryPay(terms.token, terms.claimer, terms.amount)) {
                    emit Claimed(id, terms.hash, preimages[i]);
                    continue;
                }
                status[id] = LOCKED;
            }
            emit ClaimSkipped(id, i);
        }
    }

    /// @notice Pays the claimer of a lock wherever it is kept; anyone may send it. Reverts as `claim`; with BadPreimage; and with
    ///   BadPlace for a place that cannot be. At a deposit address the claimer is paid exactly the amount, if it is there.
    function claimAt(bytes32 preimage, Terms calldata terms, Place calldata place) external once {
        (bytes32 id,) = _claim(preimage, terms, place);
        _payAt(id, terms.token, place, terms.claimer, terms.amount);
    }

    /// @notice Pays what the claimer has signed: to an address of its choice, and a fee to the sender. The sponsor of the
    ///   signature alone may send it, or the claimer itself, without a signature. Reverts as `claimAt`; with BadTerms for a payee
    ///   that cannot be paid; BadFee above half of the amount; SignatureExpired; NotSponsor; BadSignature.
    function claimFor(bytes32 preimage, Terms calldata terms, Place calldata place, Sponsorship calldata signed)
        external
        once
    {
        if (!_canBePaid(signed.to, terms.token)) revert BadTerms();
        if (signed.fee > terms.amount / 2) revert BadFee(signed.fee);
        if (block.timestamp > signed.deadline) revert SignatureExpired(signed.deadline);
        if (signed.sponsor != address(0) && signed.sponsor != msg.sender) revert NotSponsor(signed.sponsor);
        (bytes32 id, bytes32 key) = _claim(preimage, terms, place);
        bytes32 structHash =
            keccak256(abi.encode(CLAIM_TYPE, key, signed.to, signed.fee, signed.sponsor, signed.deadline));
        _authorize(terms.claimer, structHash, signed.r, signed.vs);
        emit Redirected(key, signed.to, signed.fee, msg.sender);
        _payAt(id, terms.token, place, signed.to, terms.amount - signed.fee);
        if (signed.fee != 0) _payAt(id, terms.token, place, msg.sender, signed.fee);
    }

    /// @notice Pays the refunder of an expired lock; anyone may send it. Reverts with NotLocked unless there is an open lock of
    ///   exactly these terms, NotExpired before the expiry, PaymentFailed or TokenRefused when refunder or token refuses: the lock
    ///   is open as before.
    function refund(bytes32 hash, address token, uint256 amount, address claimer, address refunder, uint64 expiry)
        external
        once
    {
        bytes32 id = _id(Terms(hash, token, amount, claimer, refunder, expiry));
        if (block.timestamp < expiry) revert NotExpired(expiry);
        if (status[id] != LOCKED) revert NotLocked(id);
        status[id] = REFUNDED;
        emit Refunded(id, hash);
        _pay(token, refunder, amount);
    }

    /// @notice As `refund`, wherever the lock is kept. From a deposit address all of the token is paid, whatever it is.
    function refundAt(Terms calldata terms, Place calldata place) external once {
        if (block.timestamp < terms.expiry) revert NotExpired(terms.expiry);
        (bytes32 id, bytes32 key) = _take(terms, place, REFUNDED);
        _payBack(id, key, terms, place);
    }

    /// @notice Pays the refunder at any time, when the claimer has signed (EIP-712 `CooperativeRefund`) or sends it itself. The
    ///   signature is good for one lock at one place of one contract on one chain. Reverts with NotLocked, BadPlace,
    ///   BadSignature, and as `refund` when the payment is refused.
    function refundTogether(Terms calldata terms, Place calldata place, bytes32 r, bytes32 vs) external once {
        (bytes32 id, bytes32 key) = _take(terms, place, REFUNDED);
        _authorize(terms.claimer, keccak256(abi.encode(REFUND_TYPE, key)), r, vs);
        _payBack(id, key, terms, place);
    }

    /// @dev No guard is needed: nothing is called, and no balance is read. The checks are those of `_requireNew` in one
    ///   expression; when it fails, `_requireNew` says why.
    function _lockCoin(bytes32 hash, uint256 claimerExpiry, address refunder) private {
        bytes32 topic = LockedCoin.selector;
        assembly ("memory-safe") {
            let claimer := shr(96, claimerExpiry)
            let expiry := and(claimerExpiry, 0xffffffffffffffffffffffff)
            let terms := mload(64)
            mstore(terms, hash)
            mstore(add(terms, 32), 0)
            mstore(add(terms, 64), callvalue())
            mstore(add(terms, 96), claimer)
            mstore(add(terms, 128), refunder)
            mstore(add(terms, 160), expiry)
            let id := keccak256(terms, 192)
            mstore(0, id)
            mstore(32, status.slot)
            let slot := keccak256(0, 64)
            // a zero; this contract as a party; not 12 bytes; not (now < expiry <= now + 30 days); used
            if iszero(
                or(
                    or(
                        or(or(iszero(hash), iszero(claimer)), or(iszero(refunder), iszero(callvalue()))),
                        or(eq(claimer, address()), eq(refunder, address()))
                    ),
                    or(shr(96, callvalue()), or(gt(sub(sub(expiry, timestamp()), 1), 2591999), sload(slot)))
                )
            ) {
                sstore(slot, LOCKED)
                mstore(0, or(shl(96, claimer), callvalue()))
                mstore(32, or(shl(96, refunder), expiry))
                log3(0, 64, topic, id, hash)
                stop()
            }
        }
        if (msg.value > type(uint96).max) revert BadTerms();
        uint64 expiry64 = uint96(claimerExpiry) > type(uint64).max ? type(uint64).max : uint64(claimerExpiry);
        _requireNew(Terms(hash, address(0), msg.value, address(uint160(claimerExpiry >> 96)), refunder, expiry64));
        assert(false);
    }

    function _requireNew(Terms memory terms) private view returns (bytes32 id) {
        if (terms.hash == 0 || terms.amount == 0) revert BadTerms();
        if (!_canBePaid(terms.claimer, terms.token) || !_canBePaid(terms.refunder, terms.token)) revert BadTerms();
        _checkExpiry(terms.expiry);
        id = _id(terms);
        if (status[id] != 0) revert AlreadyUsed(id);
    }

    function _lock(Terms memory terms) private {
        bytes32 id = _requireNew(terms);
        status[id] = LOCKED;
        emit Locked(id, terms.hash, terms.claimer, terms.refunder, terms.token, terms.amount, terms.expiry);
        if (terms.token != address(0)) _pull(terms.token, terms.amount);
    }

    function _claim(bytes32 preimage, Terms calldata terms, Place calldata place)
        private
        returns (bytes32 id, bytes32 key)
    {
        if (block.timestamp >= terms.expiry) revert Expired(terms.expiry);
        if (_sha256(preimage) != terms.hash) revert BadPreimage();
        (id, key) = _take(terms, place, CLAIMED);
        emit Claimed(key, terms.hash, preimage);
    }

    /// @dev Ends an open lock; `key` is what events and signatures name it by.
    function _take(Terms calldata terms, Place calldata place, uint256 outcome)
        private
        returns (bytes32 id, bytes32 key)
    {
        id = _id(terms);
        if (place.kind == Kind.BATCH) {
            key = _takeFromBatch(id, place.count, place.index, place.siblings, outcome);
        } else if (place.kind == Kind.DEPOSIT) {
            key = _takeDeposit(id, outcome);
        } else {
            key = id;
            if (status[id] != LOCKED) revert NotLocked(id);
            status[id] = outcome;
        }
    }

    function _payAt(bytes32 id, address token, Place calldata place, address to, uint256 amount) private {
        if (place.kind == Kind.DEPOSIT) _payFromDeposit(id, token, to, amount);
        else _pay(token, to, amount);
    }

    function _payBack(bytes32 id, bytes32 key, Terms calldata terms, Place calldata place) private {
        emit Refunded(key, terms.hash);
        if (place.kind == Kind.DEPOSIT) _payAll(id, terms.token, terms.refunder);
        else _pay(terms.token, terms.refunder, terms.amount);
    }
}
