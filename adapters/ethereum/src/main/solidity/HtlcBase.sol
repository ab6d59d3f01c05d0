// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title What all hash-time-locks of TrestleHtlc share: identity, outcomes, payment and signatures
/// @dev No function here or in the contracts above takes the account that tokens are pulled from: it is always the caller.
abstract contract HtlcBase {
    /// @notice 0 none, 1 locked, 2 claimed, 3 refunded. In slot 0, never cleared: a lock id is good for one lock. A deposit
    ///   address has its entry under `depositIdOf`: 0 until it is claimed or refunded.
    mapping(bytes32 lockId => uint256) public status;
    /// @notice Two bits a leaf, leaf 0 lowest: 0 none, 1 locked, 2 claimed, 3 refunded. In slot 1, never cleared.
    mapping(bytes32 batchId => uint256) public batches;

    uint256 internal constant LOCKED = 1;
    uint256 internal constant CLAIMED = 2;
    uint256 internal constant REFUNDED = 3;

    /// @notice Longest lock, seconds.
    uint256 public constant MAX_LOCK = 30 days;
    /// @notice Locks in one call: two bits each in one word.
    uint256 public constant MAX_BATCH = 128;
    /// @notice Gas that a payment of the native coin may use inside a batch; less would be no excuse to skip it.
    uint256 public constant COIN_GAS = 30_000;
    /// @notice The same for a token.
    uint256 public constant TOKEN_GAS = 200_000;

    /// what a payment itself costs before the callee has gas: cold account, value, new account; and this loop. HtlcBatches
    /// has the two sums.
    uint256 private constant CALL_RESERVE = 40_000;

    bytes32 private constant DOMAIN_TYPE =
        keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");
    bytes32 private constant NAME = keccak256("TrestleHtlc");
    bytes32 private constant VERSION = keccak256("1");
    uint256 private constant HALF_ORDER = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0;

    uint256 private transient entered;

    /// @dev Writes what the guard is kept in. A chain that has no transient storage (EIP-1153) refuses the contract here: it would
    ///   run `lockCoin`, which is not guarded, and neither claim nor refund, and keep the coins.
    constructor() {
        entered = 0;
    }

    /// @param hash sha256 of a 32-byte preimage
    /// @param token zero for the native coin
    /// @param claimer is paid against the preimage, strictly before expiry
    /// @param refunder is paid from the expiry on
    /// @param expiry seconds of block.timestamp
    struct Terms {
        bytes32 hash;
        address token;
        uint256 amount;
        address claimer;
        address refunder;
        uint64 expiry;
    }

    event Locked(
        bytes32 indexed lockId,
        bytes32 indexed hash,
        address indexed claimer,
        address refunder,
        address token,
        uint256 amount,
        uint64 expiry
    );
    /// @notice The preimage is public from here on: found by the key and by the hash. The key is the lock id for a lock of its
    ///   own, `keccak256(abi.encode(batchId, index))` in a batch, `depositIdOf` at a deposit address: a key has one outcome ever,
    ///   so that nobody can hide a preimage behind outcomes of like locks.
    event Claimed(bytes32 indexed key, bytes32 indexed hash, bytes32 preimage);
    /// @notice A claim that its claimer had paid elsewhere; Claimed comes with it.
    event Redirected(bytes32 indexed key, address to, uint256 fee, address sponsor);
    event Refunded(bytes32 indexed key, bytes32 indexed hash);
    /// @notice An item of a batch had no effect.
    event ClaimSkipped(bytes32 indexed key, uint256 index);

    error Reentered();
    error BadTerms();
    error BadExpiry(uint64 expiry);
    error WrongValue(uint256 sent, uint256 needed);
    error AlreadyUsed(bytes32 lockId);
    error NotLocked(bytes32 lockId);
    error BadPreimage();
    error Expired(uint64 expiry);
    error NotExpired(uint64 expiry);
    error NoToken(address token);
    error TokenRefused(address token);
    error WrongAmountReceived(uint256 received, uint256 needed);
    error PaymentFailed(address to);
    error BadBatch();
    error BadPlace();
    error NotEnoughGas();
    error BadSignature();
    error SignatureExpired(uint256 deadline);
    error NotSponsor(address sponsor);
    error BadFee(uint256 fee);

    /// @dev On everything but `lockCoin` and `lockCoinFor`, which call nobody and read no balance. Two nested deposits could
    ///   count the same tokens; all the rest is safe by the order of its effects, and guarded nonetheless.
    modifier once() {
        if (entered != 0) revert Reentered();
        entered = 1;
        _;
        entered = 0;
    }

    /// @notice keccak256 of the six terms; the same in a slot of its own, in a batch and at a deposit address.
    function lockIdOf(Terms calldata terms) external pure returns (bytes32) {
        return _id(terms);
    }

    /// @notice EIP-712. Computed anew each time, so that a signature is good for one side of a fork only.
    function domainSeparator() public view returns (bytes32) {
        return keccak256(abi.encode(DOMAIN_TYPE, NAME, VERSION, block.chainid, address(this)));
    }

    /// @dev Six static words in memory are what `abi.encode` gives.
    function _id(Terms memory terms) internal pure returns (bytes32 id) {
        assembly ("memory-safe") {
            id := keccak256(terms, 192)
        }
    }

    function _hash(bytes32 left, bytes32 right) internal pure returns (bytes32 hash) {
        assembly ("memory-safe") {
            mstore(0, left)
            mstore(32, right)
            hash := keccak256(0, 64)
        }
    }

    function _sha256(bytes32 preimage) internal view returns (bytes32 hash) {
        bool done;
        assembly ("memory-safe") {
            mstore(0, preimage)
            done := staticcall(gas(), 2, 0, 32, 0, 32)
            hash := mload(0)
        }
        if (!done) revert NotEnoughGas();
    }

    function _checkExpiry(uint64 expiry) internal view {
        if (expiry <= block.timestamp || expiry > block.timestamp + MAX_LOCK) revert BadExpiry(expiry);
    }

    function _canBePaid(address party, address token) internal view returns (bool) {
        return party != address(0) && party != address(this) && party != token;
    }

    /// @dev Takes a signature of `signer` over `structHash`, or `signer` itself as the caller. In the form of EIP-2098: it has
    ///   no second form with a high s.
    function _authorize(address signer, bytes32 structHash, bytes32 r, bytes32 vs) internal view {
        if (msg.sender == signer) return;
        bytes32 digest = keccak256(abi.encodePacked("\x19\x01", domainSeparator(), structHash));
        bytes32 s = vs & bytes32(type(uint256).max >> 1);
        address recovered = ecrecover(digest, uint8(uint256(vs) >> 255) + 27, r, s);
        if (uint256(s) > HALF_ORDER || recovered == address(0) || recovered != signer) revert BadSignature();
    }

    /// @dev From the caller, never from anyone else.
    function _pull(address token, uint256 amount) internal {
        if (token.code.length == 0 || token == address(this)) revert NoToken(token);
        uint256 before = _balance(token, address(this));
        if (!_callToken(token, abi.encodeCall(IERC20.transferFrom, (msg.sender, address(this), amount)), gasleft())) {
            revert TokenRefused(token);
        }
        uint256 balance = _balance(token, address(this));
        uint256 received = balance < before ? 0 : balance - before;
        if (received != amount) revert WrongAmountReceived(received, amount);
    }

    function _pay(address token, address to, uint256 amount) internal {
        if (_send(token, to, amount, gasleft())) return;
        if (token == address(0)) revert PaymentFailed(to);
        revert TokenRefused(token);
    }

    /// @dev False when it was refused; never because the caller gave too little gas.
    function _tryPay(address token, address to, uint256 amount) internal returns (bool) {
        uint256 cap = token == address(0) ? COIN_GAS : TOKEN_GAS;
        // of what is left a call gets 63 parts in 64 at most, after its own cost
        if (gasleft() < cap + cap / 32 + CALL_RESERVE) revert NotEnoughGas();
        return _send(token, to, amount, cap);
    }

    function _send(address token, address to, uint256 amount, uint256 gasLimit) private returns (bool paid) {
        if (token != address(0)) return _callToken(token, abi.encodeCall(IERC20.transfer, (to, amount)), gasLimit);
        // no return data is copied: it could be made so long that the copy eats the gas
        assembly ("memory-safe") {
            paid := call(gasLimit, to, amount, 0, 0, 0, 0)
        }
    }

    /// @dev A token must not revert, and return nothing or true.
    function _callToken(address token, bytes memory data, uint256 gasLimit) internal returns (bool ok) {
        assembly ("memory-safe") {
            ok := call(gasLimit, token, 0, add(data, 32), mload(data), 0, 32)
            if ok {
                switch returndatasize()
                case 0 { ok := gt(extcodesize(token), 0) }
                default { ok := and(gt(returndatasize(), 31), eq(mload(0), 1)) }
            }
        }
    }

    function _balance(address token, address holder) internal view returns (uint256) {
        return token == address(0) ? holder.balance : IERC20(token).balanceOf(holder);
    }
}

interface IERC20 {
    function balanceOf(address holder) external view returns (uint256);
    function transfer(address to, uint256 value) external returns (bool);
    function transferFrom(address from, address to, uint256 value) external returns (bool);
}

/// @dev EIP-2612.
interface IERC20Permit {
    function permit(
        address owner,
        address spender,
        uint256 value,
        uint256 deadline,
        uint8 v,
        bytes32 r,
        bytes32 s
    ) external;
}
