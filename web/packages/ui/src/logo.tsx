/** A tenon sliding into its mortise. */
export function Logo({ size = 24 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <rect width="24" height="24" rx="6" fill="#146a5a" />
      <path d="M5 6.5h14v4h-4.6v7a1 1 0 0 1-1 1h-2.8a1 1 0 0 1-1-1v-7H5z" fill="#fff" />
      <path d="M5 12.6h2.4v5.9H6a1 1 0 0 1-1-1zM16.6 12.6H19v4.9a1 1 0 0 1-1 1h-1.4z" fill="#a8d8cc" />
    </svg>
  );
}
