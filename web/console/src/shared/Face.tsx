// A person's picture, or the first letter of her name.
export function Face({ name, picture }: { name: string; picture: string | null }) {
  return picture ? <img className="face" src={picture} alt="" width={24} height={24} loading="lazy" /> : <span className="face" aria-hidden="true">{name.slice(0, 1) || "·"}</span>;
}
